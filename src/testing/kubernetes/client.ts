import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { type HttpAnswer, httpCall } from '../http-call.ts'

/** What tests look at in every object. */
export interface KubernetesObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly finalizers?: readonly string[]
    readonly resourceVersion?: string
    readonly uid?: string
  }
}

export interface KubernetesList<T = KubernetesObject> {
  readonly items: readonly T[]
}

/** The parts of a kubeconfig that `kube` writes: one cluster, one user with a certificate. */
interface Kubeconfig {
  readonly clusters: readonly [{ cluster: { server: string; 'certificate-authority-data': string } }]
  readonly users: readonly [{ user: { 'client-certificate-data': string; 'client-key-data': string } }]
}

/** Plain HTTPS calls to an API server, as the administrator. Paths are those of the API: `/api/v1/namespaces/a/services`. */
export class KubernetesClient {
  readonly #server: URL
  readonly #keys: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer }

  private constructor({ clusters: [{ cluster }], users: [{ user }] }: Kubeconfig) {
    this.#server = new URL(cluster.server)
    this.#keys = {
      ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
      cert: Buffer.from(user['client-certificate-data'], 'base64'),
      key: Buffer.from(user['client-key-data'], 'base64'),
    }
  }

  static async read(kubeconfig: string): Promise<KubernetesClient> {
    return new KubernetesClient(parse(await readFile(kubeconfig, 'utf8')))
  }

  async get<T = KubernetesObject>(path: string, accept = 'application/json'): Promise<T> {
    return JSON.parse((await this.#call('GET', path, { headers: { accept } })).text)
  }

  /** Creates an object in the collection at `path`. */
  async create<T = KubernetesObject>(path: string, object: object): Promise<T> {
    return JSON.parse((await this.#call('POST', path, withBody('application/json', object))).text)
  }

  /** Replaces what is at `path`. */
  async replace<T = KubernetesObject>(path: string, object: object): Promise<T> {
    return JSON.parse((await this.#call('PUT', path, withBody('application/json', object))).text)
  }

  /** Changes only what `change` names; null takes a field away. `path` may end in a subresource (`/status`). */
  async patch<T = KubernetesObject>(path: string, change: object): Promise<T> {
    return JSON.parse(
      (await this.#call('PATCH', path, withBody('application/merge-patch+json', change))).text,
    )
  }

  async delete(path: string): Promise<void> {
    await this.#call('DELETE', path)
  }

  async exists(path: string): Promise<boolean> {
    const answer = await this.raw('GET', path)
    if (answer.status !== 404) refuseFailure('GET', path, answer)
    return answer.status !== 404
  }

  /** One call, whatever comes of it. */
  async raw(method: string, path: string, content: Content = {}): Promise<HttpAnswer> {
    const { hostname, port } = this.#server
    const server = { tls: true, rejectUnauthorized: true, host: hostname, port, ...this.#keys }
    return await httpCall({ ...server, method, path, ...content })
  }

  async #call(method: string, path: string, content?: Content): Promise<HttpAnswer> {
    const answer = await this.raw(method, path, content)
    refuseFailure(method, path, answer)
    return answer
  }
}

interface Content {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

function withBody(type: string, body: object): Content {
  return { headers: { 'content-type': type }, body: JSON.stringify(body) }
}

function refuseFailure(method: string, path: string, { status, text }: HttpAnswer): void {
  if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`)
}
