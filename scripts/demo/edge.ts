import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Defer } from '../../src/testing/cleanup.ts'
import { httpCall } from '../../src/testing/http-call.ts'
import { endProcessesOf } from '../../src/testing/processes-of.ts'
import { type StartedProcess, startProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'
import type { TokenCreated } from '../../src/wire/token.ts'
import type { RouteView, StatusView } from '../../src/wire/views.ts'
import { cleanEnvironment, HOMEPORT } from './homeport.ts'

const run = promisify(execFile)

/** Where it keeps its state and sockets, and where phones call it. */
export interface DemoEdgeOptions {
  readonly folder: string
  readonly host: string
  readonly apiPort: number
}

/** An edge of its own: its clients connect at 127.0.0.1 only. */
export class DemoEdge {
  readonly url: string
  /** Where the CLI reaches it on this machine. */
  readonly socket: string
  readonly #defer: Defer
  readonly #folder: string
  #daemon: StartedProcess | undefined

  constructor(defer: Defer, { folder, host, apiPort }: DemoEdgeOptions) {
    this.url = `https://${host}:${apiPort}`
    this.socket = join(folder, 'run/admin.sock')
    this.#defer = defer
    this.#folder = folder
    // HAProxy outlives the daemon on purpose, so it is looked for by the folder.
    defer(() => endProcessesOf(folder))
  }

  /** Starts the daemon, and waits until it serves. */
  async start(): Promise<StatusView> {
    const config = join(this.#folder, 'edge.yaml')
    await writeFile(config, this.#config())
    const daemon = await startProcess(this.#defer, HOMEPORT, ['edge', '--config', config], {
      env: cleanEnvironment(),
    })
    this.#daemon = daemon
    const ready = async () => {
      const status = await this.status()
      return status.ready && status
    }
    const found = await until(async () => daemon.ended ?? (await ready()), {
      deadline: 20_000,
      what: 'the edge being ready',
    }).catch((error: unknown) => ({ error }))
    if ('haproxy' in found) return found
    throw new Error(`the edge did not get ready. It printed:\n${daemon.stdout}${daemon.stderr}`)
  }

  /** The daemon is killed as by the kernel's out-of-memory killer. HAProxy is not touched. */
  async kill(): Promise<void> {
    this.#daemon?.kill('SIGKILL')
    await this.#daemon?.exited
  }

  async status(): Promise<StatusView> {
    return JSON.parse(await this.#homeport('status', '--json'))
  }

  /** The addresses that the edge forwards to. */
  async backends(): Promise<string[]> {
    // By the socket: starting the CLI takes longer than a change of address.
    const { text } = await httpCall({ socketPath: this.socket, path: '/v1/routes' })
    const routes: RouteView[] = JSON.parse(text)
    return routes.flatMap(({ backends }) => backends.map(({ address }) => address))
  }

  /** A token that opens one port to one cluster. */
  async createToken(cluster: string, port: number): Promise<string> {
    const scope = ['--cluster', cluster, '--port', String(port)]
    const created: TokenCreated = JSON.parse(
      await this.#homeport('token', 'create', 'demo', ...scope, '--json'),
    )
    return created.token
  }

  /** Runs one command of the CLI on the edge's own machine. */
  async #homeport(...args: readonly string[]): Promise<string> {
    return (await run(HOMEPORT, args, { env: { ...cleanEnvironment(), HOMEPORT_SOCKET: this.socket } }))
      .stdout
  }

  #config(): string {
    return `# See docs/configuration.md.
stateDir: ${this.#folder}/state
runtimeDir: ${this.#folder}/run
api:
  listen: ${new URL(this.url).host}
haproxy:
  bind: [127.0.0.1]
  include: ${this.#folder}/haproxy.d
backends:
  # Without root the demo's nodes are loopback addresses.
  allowLoopback: true
`
  }
}
