import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from '../cleanup.ts'
import { freePorts } from '../free-port.ts'
import { KubernetesClient } from './client.ts'
import { emptyNamespace } from './empty-namespace.ts'
import { holdKube, kube } from './kube.ts'

export interface ApiServerOptions {
  /** Also the controllers: service accounts, endpoints, garbage collection. Takes 9 s to start instead of 3. */
  readonly controllers?: boolean
}

/** A line of the audit log: who did what to which object. https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1 */
export interface AuditEvent {
  readonly verb: string
  readonly requestURI: string
  readonly user: { readonly username: string }
  readonly userAgent?: string
  /** Missing where the call was about no object. */
  readonly objectRef?: {
    readonly resource: string
    readonly subresource?: string
    readonly apiGroup?: string
    readonly namespace?: string
    readonly name?: string
  }
  readonly responseStatus?: { readonly code: number }
}

/** A real API server with its etcd on loopback, without nodes. Every object in it is kept, and nothing runs. */
export class ApiServer {
  readonly folder: string
  readonly client: KubernetesClient

  private constructor(folder: string, client: KubernetesClient) {
    this.folder = folder
    this.client = client
  }

  /** One of one's own, for tests that stop it. */
  static async start(defer: Defer, { controllers = false }: ApiServerOptions = {}): Promise<ApiServer> {
    // Taken here, where they are taken from no other test.
    const ports = ['--ports', (await freePorts(3)).join(',')]
    return await ApiServer.at(
      await holdKube(defer, 'api', [...ports, ...(controllers ? ['--controllers'] : [])]),
    )
  }

  /** The one that is up in `folder`. */
  static async at(folder: string): Promise<ApiServer> {
    return new ApiServer(folder, await KubernetesClient.read(join(folder, 'kubeconfig')))
  }

  /** The path of the administrator's kubeconfig. */
  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig')
  }

  /** The name of a new namespace, which is gone afterwards with all that is in it. */
  async namespace(defer: Defer): Promise<string> {
    const { metadata } = await this.client.create('/api/v1/namespaces', {
      metadata: { generateName: 'test-' },
    })
    defer(() => emptyNamespace(this.client, metadata.name))
    return metadata.name
  }

  /** What kubectl prints, as the administrator. */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    return await kube(this.folder, ['kubectl', ...args], input)
  }

  /** Ends it: SIGTERM lets running calls finish and says goodbye to watches, SIGKILL does not. What etcd has stays. */
  async stop(signal: 'TERM' | 'KILL' = 'TERM'): Promise<void> {
    await kube(this.folder, ['api', 'stop', signal])
  }

  /** Starts it again where it was, and waits until it is ready. */
  async start(): Promise<void> {
    await kube(this.folder, ['api', 'start'])
  }

  /** Every call that was answered so far, oldest first. */
  async audit(): Promise<AuditEvent[]> {
    const text = await readFile(join(this.folder, 'logs/audit.log'), 'utf8')
    // The last line may be half written.
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line): AuditEvent => JSON.parse(line))
  }
}
