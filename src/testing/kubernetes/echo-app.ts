import { join } from 'node:path'
import { until } from '../until.ts'
import type { KubernetesList } from './client.ts'
import type { Cluster } from './cluster.ts'

export interface EchoAppOptions {
  readonly namespace: string
  /** The port of the edge. */
  readonly port: number
  readonly replicas?: number
  /** What its program is told; `serve` unless told. */
  readonly command?: 'serve' | 'lines'
  readonly annotations?: Readonly<Record<string, string>>
  /** Of the Service, beside what each here has. */
  readonly service?: Readonly<Record<string, unknown>>
}

/** What tests look at in a Service of ours. */
export interface LoadBalancer {
  readonly spec: { readonly healthCheckNodePort?: number }
  readonly status: {
    readonly loadBalancer: { readonly ingress?: readonly { ip?: string; ipMode?: string }[] }
    readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[]
  }
}

const IMAGE = 'homeport.test/echo:1'

/**
 * Pods, at most one a node, that tell each caller who they are and whom they see, behind a Service of type LoadBalancer.
 * They go on serving for some seconds when they are told to end, as pods must behind any load balancer.
 */
export class EchoApp {
  readonly #cluster: Cluster
  readonly #options: EchoAppOptions

  private constructor(cluster: Cluster, options: EchoAppOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  /** Returns when its pods are ready, and one of them answers through the edge. */
  static async deploy(cluster: Cluster, options: EchoAppOptions): Promise<EchoApp> {
    const app = new EchoApp(cluster, options)
    await cluster.image(IMAGE, join(cluster.programs, 'echo'))
    await cluster.kubectl(['-n', options.namespace, 'apply', '-f', '-'], app.#manifest())
    await app.rolledOut()
    await until(async () => (await app.condition())?.status === 'True', {
      deadline: 30_000,
      what: 'a Service that is live',
    })
    // The port is open now, but kube-proxy gathers changes for a second before it forwards to the pods.
    await until(() => app.#answers(), { deadline: 30_000, what: 'an answer through the edge' })
    return app
  }

  async rolledOut(): Promise<void> {
    await this.kubectl('rollout', 'status', 'deployment/echo', '--timeout', '120s')
  }

  /** As the administrator, in its namespace. */
  async kubectl(...args: readonly string[]): Promise<string> {
    return await this.#cluster.kubectl(['-n', this.#options.namespace, ...args])
  }

  /** The names of its pods that are not about to end, by node. */
  async pods(): Promise<Map<string, string>> {
    interface Pod {
      readonly metadata: { readonly name: string; readonly deletionTimestamp?: string }
      readonly spec: { readonly nodeName: string }
    }
    const { items } = await this.#cluster.client.get<KubernetesList<Pod>>(
      `/api/v1/namespaces/${this.#options.namespace}/pods`,
    )
    const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    return new Map(staying.map(({ metadata, spec }) => [spec.nodeName, metadata.name]))
  }

  async service(): Promise<LoadBalancer> {
    return await this.#cluster.client.get(`/api/v1/namespaces/${this.#options.namespace}/services/echo`)
  }

  async condition() {
    const { status } = await this.service()
    return status.conditions?.find(({ type }) => type === 'homeport.dev/Live')
  }

  async #answers(): Promise<boolean> {
    const url = `http://${this.#cluster.edgeAddress}:${this.#options.port}`
    // What tells of lines is no HTTP server, and answers without a header.
    const args = ['-sS', '--http0.9', '--max-time', '5', url]
    return await this.#cluster.in('client', 'curl', args).then(
      () => true,
      () => false,
    )
  }

  #manifest(): string {
    const { port, replicas = 2, command = 'serve', annotations = {}, service } = this.#options
    const labels = { app: 'echo' }
    const container = {
      name: 'echo',
      image: IMAGE,
      imagePullPolicy: 'Never',
      args: [command],
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
      ...(command === 'serve' && { readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 } }),
    }
    const spread = {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: labels },
    }
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'echo' },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 10,
            topologySpreadConstraints: [{ ...spread, matchLabelKeys: ['pod-template-hash'] }],
            containers: [container],
          },
        },
      },
    }
    const front = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'echo', annotations },
      spec: {
        type: 'LoadBalancer',
        loadBalancerClass: 'homeport.dev/edge',
        selector: labels,
        ports: [{ name: 'main', port, targetPort: 8080 }],
        ...service,
      },
    }
    return [deployment, front].map((object) => JSON.stringify(object)).join('\n---\n')
  }
}
