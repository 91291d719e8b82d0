import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import type { Defer } from '../src/testing/cleanup.ts'
import { endProcess } from '../src/testing/end-process.ts'

const PROGRAM = `
const { createServer } = require('node:net')
const [host, port] = process.argv.slice(1)
createServer((socket) => { socket.end(host + '\\n'); socket.on('error', () => {}) })
  .listen({ host, port: Number(port), backlog: 1 }, () => console.log('listening'))
`

/**
 * A backend that can vanish as a node without power does: stopped, and with its queue of connections full, so that the
 * kernel drops every further SYN.
 */
export class BlackHole {
  readonly #pid: number
  readonly #host: string
  readonly #port: number
  readonly #fillers: Socket[] = []

  private constructor(pid: number, host: string, port: number) {
    this.#pid = pid
    this.#host = host
    this.#port = port
  }

  static async start(defer: Defer, host: string, port: number): Promise<BlackHole> {
    const child = spawn(process.execPath, ['-e', PROGRAM, host, String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const { pid } = child
    if (pid === undefined) throw new Error('the backend did not start')
    const hole = new BlackHole(pid, host, port)
    defer(async () => {
      for (const socket of hole.#fillers) socket.destroy()
      process.kill(pid, 'SIGCONT')
      await endProcess(pid)
    })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    return hole
  }

  /** From the moment that this is called nobody gets an answer. */
  vanish(): void {
    process.kill(this.#pid, 'SIGSTOP')
    for (let count = 0; count < 16; count += 1) {
      const socket = connect(this.#port, this.#host)
      socket.on('error', () => {})
      this.#fillers.push(socket)
    }
  }
}
