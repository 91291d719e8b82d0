import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as secureRequest } from 'node:https'
import { join } from 'node:path'
import type { Access, Credentials } from '../../kubernetes/access.ts'
import { kubeconfigAccess } from '../../kubernetes/kubeconfig.ts'
import type { Defer } from '../cleanup.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import type { ApiServer } from './api-server.ts'

/** What happens to the next request, instead of its being passed on. */
export type Fault = (request: IncomingMessage, answer: ServerResponse) => void

/** A way to a real API server on which things go wrong when a test says so. */
export class FaultyWay {
  readonly access: Access
  /** `GET /api/v1/services?watch=true...`, each request so far. */
  readonly asked: string[] = []
  /** For the next requests, one each. */
  readonly faults: Fault[] = []
  /** Cuts every request off. */
  isDown = false
  readonly #running = new Set<{ from: IncomingMessage; to: ServerResponse; isWatch: boolean }>()

  private constructor(url: URL) {
    this.access = { server: url, credentials: async () => ({ headers: {}, tls: {} }), renew() {} }
  }

  static async to(defer: Defer, server: Pick<ApiServer, 'kubeconfig'>): Promise<FaultyWay> {
    const real = kubeconfigAccess({ kubeconfig: server.kubeconfig })
    const credentials = await real.credentials()
    const front = createServer((request, answer) => way.#pass(real.server, credentials, request, answer))
    front.listen(0, '127.0.0.1')
    await once(front, 'listening')
    defer(() => {
      front.closeAllConnections()
      front.close()
    })
    const address = front.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const way = new FaultyWay(new URL(`http://127.0.0.1:${port}`))
    return way
  }

  /** The path of a kubeconfig by which other processes go this way too. */
  async kubeconfig(defer: Defer): Promise<string> {
    const file = join(await temporaryFolder(defer), 'kubeconfig')
    const name = 'faulty'
    // The client library takes plain HTTP only where nothing is to be verified anyway.
    const cluster = { server: this.access.server.href, 'insecure-skip-tls-verify': true }
    const config = {
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name },
      clusters: [{ name, cluster }],
      users: [{ name, user: {} }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    }
    await writeFile(file, JSON.stringify(config))
    return file
  }

  get watches(): readonly string[] {
    return this.asked.filter((line) => line.includes('watch=true'))
  }

  /** Watches that are being answered: one that was merely asked for can't be cut yet, nor anything written into its answer. */
  get openWatches(): number {
    return [...this.#running].filter(({ isWatch }) => isWatch).length
  }

  get lists(): readonly string[] {
    return this.asked.filter((line) => line.startsWith('GET') && !line.includes('watch=true'))
  }

  /** Cuts every connection with an answer that is under way. */
  cut(): void {
    for (const { to } of this.#running) to.socket?.destroy()
  }

  /** From now on nothing more comes of the answers that are under way; the connections stay. */
  silence(): void {
    for (const { from } of this.#running) from.pause().removeAllListeners('data')
  }

  /** Writes something into every answer that is under way. */
  inject(text: string): void {
    for (const { to } of this.#running) to.write(text)
  }

  #pass(server: URL, { tls, headers }: Credentials, request: IncomingMessage, answer: ServerResponse): void {
    this.asked.push(`${request.method} ${request.url}`)
    const fault = this.isDown ? () => void request.socket.destroy() : this.faults.shift()
    if (fault) {
      fault(request, answer)
      return
    }
    const { method = 'GET', url = '/' } = request
    const passed = secureRequest({
      ...tls,
      host: server.hostname,
      port: server.port,
      method,
      path: url,
      headers: { ...request.headers, ...headers, host: server.host },
    })
    passed.on('response', (from) => {
      answer.writeHead(from.statusCode ?? 500, from.headers)
      const running = { from, to: answer, isWatch: url.includes('watch=true') }
      this.#running.add(running)
      from.on('data', (chunk: Buffer) => answer.write(chunk))
      from.on('end', () => answer.end())
      from.on('error', () => answer.destroy())
      answer.on('close', () => {
        this.#running.delete(running)
        from.destroy()
      })
    })
    passed.on('error', () => answer.destroy())
    request.pipe(passed)
  }
}
