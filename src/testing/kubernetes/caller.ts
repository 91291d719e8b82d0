import { join } from 'node:path'
import type { Defer } from '../cleanup.ts'
import type { StartedProcess } from '../start-process.ts'
import { until } from '../until.ts'
import type { Cluster } from './cluster.ts'

/** `line` reads what the server says first; `mqtt` has a message go to the broker and back. */
export type CallKind = 'http' | 'https' | 'line' | 'mqtt'

/** A connection of a client's own, from its first packet to the answer. */
export interface Call {
  /** How many began before it. */
  readonly number: number
  /** When it began, ms since the epoch. */
  readonly at: number
  /** Milliseconds. */
  readonly took: number
  /** What it was answered, unless it failed. */
  readonly said?: string
  readonly failed?: string
}

export interface CallerOptions {
  readonly kind: CallKind
  readonly port: number
  /** The name of the web site that is asked for; the edge's address unless told. */
  readonly site?: string
  /** Milliseconds between two new connections; 20 unless told. They do not wait for each other. */
  readonly interval?: number
}

const PROGRAM = join(import.meta.dirname, 'caller-program.ts')

/** A client of the edge, on a machine of its own, that opens new connections all the time. */
export class Caller {
  readonly #process: StartedProcess
  readonly #calls: Call[] = []
  #read = 0

  private constructor(process: StartedProcess) {
    this.#process = process
  }

  static async start(
    defer: Defer,
    cluster: Cluster,
    { kind, port, site = cluster.edgeAddress, interval = 20 }: CallerOptions,
  ): Promise<Caller> {
    const args = [PROGRAM, kind, cluster.edgeAddress, `${port}`, `${interval}`, site]
    return new Caller(
      await cluster.startIn(defer, 'client', [process.execPath, ...args], { keepInput: true }),
    )
  }

  /** Those that are over, in the order in which they ended. */
  get calls(): readonly Call[] {
    const { stdout } = this.#process
    const end = stdout.lastIndexOf('\n') + 1
    const lines = stdout.slice(this.#read, end).split('\n')
    this.#read = end
    this.#calls.push(...lines.filter((line) => line !== '').map((line): Call => JSON.parse(line)))
    return this.#calls
  }

  get failures(): readonly Call[] {
    return this.calls.filter(({ failed }) => failed !== undefined)
  }

  /** What was answered to those that began at or after `since` (ms since the epoch). */
  answers(since: number): readonly string[] {
    return this.calls.flatMap(({ at, said }) => (at >= since && said !== undefined ? [said] : []))
  }

  /**
   * Milliseconds from `since` (ms since the epoch) until the last one that failed began; 0 where none has failed. Waits for
   * the answers to all that have begun.
   */
  async outage(since: number): Promise<number> {
    const last = await this.answered()
    const isOver = () => this.calls.filter(({ number }) => number < last.number).length === last.number
    await until(isOver, { deadline: 60_000, what: 'the end of all calls that began' })
    return Math.max(0, ...this.failures.map(({ at }) => at - since))
  }

  /** Waits until one that begins from now on is answered like that, and gives it. */
  async answered(like: RegExp = /./, deadline = 30_000): Promise<Call> {
    const since = Date.now()
    const what = `an answer like ${like}`
    return await until(
      () => this.calls.find(({ at, said }) => at >= since && said !== undefined && like.test(said)),
      { deadline, what },
    )
  }

  /** Waits until so many more have been answered. */
  async more(count: number, deadline = 60_000): Promise<void> {
    const wanted = this.calls.length + count
    await until(() => this.calls.length >= wanted, { deadline, what: `${count} more calls` })
  }

  /** Begins no more, and gives them all once the last one is over. */
  async finish(): Promise<readonly Call[]> {
    this.#process.endInput()
    await this.#process.exited
    return this.calls
  }
}
