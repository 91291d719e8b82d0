import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DocumentRequest } from '../wire/document.ts'
import type { Scope, TokenCreated } from '../wire/token.ts'
import type { ClaimView, RouteView, StatusView } from '../wire/views.ts'
import type { Defer } from './cleanup.ts'
import { signal } from './end-process.ts'
import { freePort } from './free-port.ts'
import { type HttpAnswer, httpCall } from './http-call.ts'
import { Phone, type PhoneAnswer, type PhoneOptions } from './phone.ts'
import { endProcessesOf, processesOf } from './processes-of.ts'
import { type StartedProcess, startProcess } from './start-process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

export interface EdgeOptions {
  /** Environment on top of what every edge here gets: more settings, or other ones. */
  readonly env?: Readonly<Record<string, string>>
  /** Where its state is kept; in a folder of its own unless told. */
  readonly stateDir?: string
  /** The same for its sockets. */
  readonly runtimeDir?: string
  /** A network of its own, in place of this machine's loopback addresses. */
  readonly network?: EdgeNetwork
}

export interface EdgeNetwork {
  /** What stands before a command that runs in it. */
  readonly prefix: readonly string[]
  /** Where the edge listens there; this machine reaches it too. */
  readonly address: string
  readonly apiPort: number
}

const HOMEPORT = join(import.meta.dirname, '../../bin/homeport')

/** Milliseconds that a daemon may take until it serves, on a machine that has other things to do. */
const START_WITHIN = 30_000

/**
 * A real edge: the daemon as a process of its own with a real HAProxy, in a folder of its own, on loopback addresses only
 * unless it is given a network. Both are gone afterwards.
 */
export class EdgeProcess {
  readonly folder: string
  readonly apiPort: number
  readonly stateDir: string
  readonly runtimeDir: string
  readonly #defer: Defer
  readonly #address: string
  readonly #prefix: readonly string[]
  readonly #env: NodeJS.ProcessEnv
  #daemon: StartedProcess | undefined

  private constructor(defer: Defer, folder: string, apiPort: number, { env, network, ...dirs }: EdgeOptions) {
    this.#defer = defer
    this.#address = network?.address ?? '127.0.0.1'
    this.#prefix = network?.prefix ?? []
    this.folder = folder
    this.apiPort = apiPort
    this.stateDir = dirs.stateDir ?? join(folder, 'state')
    this.runtimeDir = dirs.runtimeDir ?? join(folder, 'run')
    this.#env = {
      ...environment(),
      HOMEPORT_EDGE_STATE_DIR: this.stateDir,
      HOMEPORT_EDGE_RUNTIME_DIR: this.runtimeDir,
      HOMEPORT_EDGE_API_LISTEN: `${this.#address}:${apiPort}`,
      HOMEPORT_EDGE_HAPROXY_BIND: network?.address ?? '127.0.0.1,::1',
      HOMEPORT_EDGE_HAPROXY_INCLUDE: this.includeDir,
      HOMEPORT_EDGE_HAPROXY_MAX_CONNECTIONS: '500',
      HOMEPORT_EDGE_BACKENDS_ALLOW_LOOPBACK: 'true',
      ...env,
    }
    // HAProxy outlives the daemon on purpose, so it is looked for by the folder.
    defer(() => endProcessesOf(folder))
  }

  /** An edge that was not started yet. */
  static async make(defer: Defer, options: EdgeOptions = {}): Promise<EdgeProcess> {
    return new EdgeProcess(
      defer,
      await temporaryFolder(defer),
      options.network?.apiPort ?? (await freePort()),
      options,
    )
  }

  /** An edge that serves. */
  static async start(defer: Defer, options: EdgeOptions = {}): Promise<EdgeProcess> {
    const edge = await EdgeProcess.make(defer, options)
    await edge.start()
    return edge
  }

  /** Where phones call it. */
  get url(): string {
    return `https://${this.#address}:${this.apiPort}`
  }

  /** The operator's own part of HAProxy's configuration. */
  get includeDir(): string {
    return join(this.folder, 'haproxy.d')
  }

  get haproxyConfig(): string {
    return join(this.stateDir, 'haproxy/haproxy.cfg')
  }

  get masterSocket(): string {
    return join(this.runtimeDir, 'haproxy/master.sock')
  }

  /** What the daemon that was started last has logged. */
  get log(): string {
    return this.#daemon?.stdout ?? ''
  }

  /** Of HAProxy's master and its workers. */
  haproxyPids(): number[] {
    return processesOf(this.folder)
  }

  /** Starts the daemon and waits until it serves. */
  async start(): Promise<void> {
    const daemon = await this.launch()
    await daemon.printed(/the edge is ready/, START_WITHIN)
  }

  /** Starts the daemon, whatever comes of it. */
  async launch(): Promise<StartedProcess> {
    const [command = HOMEPORT, ...args] = [...this.#prefix, HOMEPORT, 'edge']
    this.#daemon = await startProcess(this.#defer, command, args, { env: this.#env })
    return this.#daemon
  }

  /** As the kernel's out-of-memory killer does it. HAProxy is not touched. */
  async kill9(): Promise<void> {
    this.#daemon?.kill('SIGKILL')
    await this.#daemon?.exited
  }

  /** A power cut: HAProxy and the daemon end without a word, the disk stays. */
  async crash(): Promise<void> {
    await this.kill9()
    this.signalHaproxy('SIGKILL')
    await until(() => this.haproxyPids().length === 0, { what: 'the end of HAProxy' })
  }

  /** To all of its processes. */
  signalHaproxy(name: NodeJS.Signals): void {
    for (const pid of this.haproxyPids()) signal(pid, name)
  }

  async stop(): Promise<void> {
    this.#daemon?.kill('SIGTERM')
    await this.#daemon?.exited
  }

  /** A phone with a token of its own. */
  async phone(name: string, more: Partial<PhoneOptions> = {}, scope?: Scope): Promise<Phone> {
    const token = more.token ?? (await this.token(scope))
    return new Phone({ apiPort: this.apiPort, name, ...more, token })
  }

  /** Puts one document, as a phone with a token of its own. */
  async call(name: string, document: DocumentRequest): Promise<PhoneAnswer> {
    return await (await this.phone(name)).put(document)
  }

  /** A new token's text. */
  async token(scope: Scope = { role: 'phone' }): Promise<string> {
    const answer = await this.admin('POST', '/v1/tokens', { name: 'test', scope })
    const { token }: TokenCreated = JSON.parse(answer.text)
    return token
  }

  async status(): Promise<StatusView> {
    return JSON.parse((await this.admin('GET', '/v1/status')).text)
  }

  async routes(): Promise<RouteView[]> {
    return JSON.parse((await this.admin('GET', '/v1/routes')).text)
  }

  async claims(): Promise<ClaimView[]> {
    return JSON.parse((await this.admin('GET', '/v1/claims')).text)
  }

  /** As the operator, through the socket on the edge itself. */
  async admin(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
    const content = body === undefined ? {} : { headers: JSON_TYPE, body: JSON.stringify(body) }
    return await httpCall({ socketPath: join(this.runtimeDir, 'admin.sock'), method, path, ...content })
  }

  /** What the daemon's process takes of the machine's memory, MB. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.#daemon?.pid}/status`, 'utf8')
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? []
    return Number(kilobytes) / 1024
  }

  /** Writes a file of the operator's into haproxy.d. */
  async include(name: string, text: string): Promise<void> {
    await mkdir(this.includeDir, { recursive: true })
    await writeFile(join(this.includeDir, name), text)
  }
}

/** This process's environment without settings of other edges. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('HOMEPORT_EDGE_')),
  )
}

const JSON_TYPE = { 'content-type': 'application/json' }
