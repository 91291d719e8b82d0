import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request as localRequest } from 'node:http'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import type { Defer } from '../src/testing/cleanup.ts'
import { endProcess } from '../src/testing/end-process.ts'
import { freePort } from '../src/testing/free-port.ts'
import { endProcessesOf } from '../src/testing/processes-of.ts'
import { until } from '../src/testing/until.ts'
import type { StatusView } from '../src/wire/views.ts'
import { bundle, HOMEPORT } from './programs.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What bin/homeport starts an edge with. */
const NODE_FLAGS = ['--max-semi-space-size=1', '--expose-gc']
const ENVIRONMENT = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_MMAP_THRESHOLD_: '32768',
}

/** An edge in a folder of its own, as a release runs, with an admin's token. */
export class BenchEdge {
  readonly folder: string
  readonly port: number
  readonly #defer: Defer
  readonly #program: string
  readonly #kind: 'haproxy' | 'memory'
  readonly #agent = new Agent({ keepAlive: true, rejectUnauthorized: false })
  token = ''
  pid = 0

  private constructor(
    defer: Defer,
    folder: string,
    program: string,
    port: number,
    kind: 'haproxy' | 'memory',
  ) {
    this.#defer = defer
    this.folder = folder
    this.port = port
    this.#program = program
    this.#kind = kind
    defer(() => this.#agent.destroy())
    defer(() => endProcessesOf(folder))
  }

  static async start(
    defer: Defer,
    parent: string,
    kind: 'haproxy' | 'memory' = 'haproxy',
  ): Promise<BenchEdge> {
    const folder = join(parent, `edge-${kind}-${process.hrtime.bigint() % 1_000_000n}`)
    mkdirSync(folder)
    const edge = new BenchEdge(
      defer,
      folder,
      await bundle('bench/edge-daemon.ts', parent),
      await freePort(),
      kind,
    )
    await edge.boot()
    const made = await edge.local('POST', '/v1/tokens', { name: 'bench', scope: { role: 'admin' } })
    edge.token = JSON.parse(made.body).token
    return edge
  }

  /** Start the daemon; resolves, with how long it took in ms, when it is ready. */
  async boot(pinned?: number): Promise<number> {
    const flags = [
      `--state-dir=${join(this.folder, 'state')}`,
      `--runtime-dir=${join(this.folder, 'run')}`,
      `--haproxy-include=${join(this.folder, 'haproxy.d')}`,
      `--api-listen=127.0.0.1:${this.port}`,
      '--haproxy-bind=127.0.0.1',
      '--backends-allow-loopback=true',
      '--log-level=error',
    ]
    const edge =
      this.#kind === 'haproxy'
        ? [HOMEPORT, 'edge', ...flags]
        : [process.execPath, ...NODE_FLAGS, this.#program, ...flags]
    const pin = pinned === undefined ? [] : ['taskset', '-c', String(pinned)]
    const [command = '', ...args] = [...pin, ...edge]
    const begin = performance.now()
    const env = { PATH: process.env['PATH'], ...(this.#kind === 'memory' && ENVIRONMENT) }
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env })
    const { pid } = child
    if (pid === undefined) throw new Error('the edge did not start')
    this.pid = pid
    this.#defer(() => endProcess(pid))
    await until(async () => (await this.local('GET', '/readyz')).status === 200, {
      deadline: 60_000,
      what: 'the edge',
      interval: 2,
    })
    return performance.now() - begin
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    process.kill(this.pid, signal)
    await endProcess(this.pid)
  }

  put(phone: string, document: unknown): Promise<Reply> {
    return this.#call('PUT', `/v1/clusters/bench/phones/${phone}`, Buffer.from(JSON.stringify(document)))
  }

  renew(phone: string, digest: string): Promise<Reply> {
    return this.#call('PUT', `/v1/clusters/bench/phones/${phone}`, undefined, { 'if-match': `"${digest}"` })
  }

  async status(): Promise<StatusView> {
    return JSON.parse((await this.local('GET', '/v1/status')).body)
  }

  /** CPU time that the daemon has used so far, in ms. */
  cpu(): number {
    return cpuOf(this.pid)
  }

  /** Resident memory of the daemon, in bytes. */
  memory(): number {
    return memoryOf(this.pid)
  }

  #call(method: string, path: string, body?: Buffer, headers: Record<string, string> = {}): Promise<Reply> {
    const more = body && { 'content-type': 'application/json', 'content-length': body.length }
    return new Promise((resolve, reject) => {
      const options = { method, path, host: '127.0.0.1', port: this.port, agent: this.#agent }
      const call = request(
        { ...options, headers: { authorization: `Bearer ${this.token}`, ...headers, ...more } },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          )
        },
      )
      call.on('error', reject).end(body)
    })
  }

  /** A call as the operator on the machine itself. */
  local(method: string, path: string, document?: unknown): Promise<Reply> {
    return new Promise((resolve) => {
      const headers = document === undefined ? {} : { 'content-type': 'application/json' }
      const call = localRequest(
        { socketPath: join(this.folder, 'run/admin.sock'), method, path, headers },
        (response) => {
          let body = ''
          response.setEncoding('utf8').on('data', (text: string) => {
            body += text
          })
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
          )
        },
      )
      call.on('error', () => resolve({ status: 0, headers: {}, body: '' }))
      call.end(document === undefined ? undefined : JSON.stringify(document))
    })
  }
}

/** Resident memory of a process, in bytes. */
export function memoryOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

/** CPU time that a process has used so far, in ms. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  // utime and stime, in ticks of 10 ms (proc(5), sysconf(_SC_CLK_TCK) = 100).
  return (Number(fields[11]) + Number(fields[12])) * 10
}
