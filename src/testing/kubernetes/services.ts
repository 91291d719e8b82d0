import { until } from '../until.ts'
import type { ApiServer } from './api-server.ts'
import type { KubernetesList } from './client.ts'

/** What tests look at in a Service. */
export interface SeenService {
  readonly metadata: {
    readonly name: string
    readonly finalizers?: readonly string[]
    readonly deletionTimestamp?: string
    readonly resourceVersion: string
  }
  readonly spec: {
    readonly ports: readonly { readonly port: number; readonly nodePort?: number }[]
    readonly healthCheckNodePort?: number
  }
  readonly status: {
    readonly loadBalancer: {
      readonly ingress?: readonly {
        readonly ip?: string
        readonly ipMode?: string
        readonly ports?: readonly {
          readonly port: number
          readonly protocol: string
          readonly error?: string
        }[]
      }[]
    }
    readonly conditions?: readonly SeenCondition[]
  }
}

export interface SeenCondition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

export interface SeenEvent {
  readonly type: string
  readonly reason: string
  readonly note: string
  readonly regarding: { readonly kind: string; readonly name: string }
  readonly series?: { readonly count: number }
}

/** Milliseconds that a change may take until it stands in a status, on a machine that has other things to do. */
const TOLD_WITHIN = 30_000

/** The Services of one namespace. */
export class Services {
  readonly #api: ApiServer
  readonly namespace: string

  constructor(api: ApiServer, namespace: string) {
    this.#api = api
    this.namespace = namespace
  }

  get path(): string {
    return `/api/v1/namespaces/${this.namespace}/services`
  }

  /** A load balancer of our class, unless `spec` says otherwise. */
  async create(
    name: string,
    spec: object,
    annotations: Readonly<Record<string, string>> = {},
    finalizers: readonly string[] = [],
  ): Promise<void> {
    await this.#api.client.create(this.path, {
      metadata: { name, annotations, finalizers },
      spec: { type: 'LoadBalancer', loadBalancerClass: 'homeport.dev/edge', ...spec },
    })
  }

  async get(name: string): Promise<SeenService> {
    return await this.#api.client.get<SeenService>(`${this.path}/${name}`)
  }

  /**
   * Again, as a person would, when it meets another's write: the API server starts over then, and finds the node port taken
   * which it took for its first try (Kubernetes 1.36: nearly each time, beside a status that is written all the time).
   */
  async patch(name: string, change: object): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#api.client.patch(`${this.path}/${name}`, change)
      } catch (error) {
        if (tries === 20 || !String(error).includes('provided port is already allocated')) throw error
      }
    }
  }

  async annotate(name: string, annotations: Readonly<Record<string, string | null>>): Promise<void> {
    await this.patch(name, { metadata: { annotations } })
  }

  async delete(name: string): Promise<void> {
    await this.#api.client.delete(`${this.path}/${name}`)
  }

  async exists(name: string): Promise<boolean> {
    return await this.#api.client.exists(`${this.path}/${name}`)
  }

  /** Waits until the condition of a Service has this reason; `Live` and `BackendsDown` are those of one that is served. */
  async told(name: string, reason: string | RegExp): Promise<SeenService> {
    return await until(
      async () => {
        const service = await this.get(name)
        const now = conditionOf(service)?.reason ?? ''
        return (typeof reason === 'string' ? now === reason : reason.test(now)) && service
      },
      { what: `${name} being told ${reason}`, deadline: TOLD_WITHIN },
    )
  }

  /** Waits until a Service is served, whether or not something answers behind it. */
  async served(name: string): Promise<SeenService> {
    return await this.told(name, /^(Live|BackendsDown)$/)
  }

  /** Waits until it is no more. */
  async gone(name: string): Promise<void> {
    await until(async () => !(await this.exists(name)), {
      what: `${name} being gone`,
      deadline: TOLD_WITHIN,
    })
  }

  /** The Events about a Service, or about all of them. */
  async events(name?: string): Promise<readonly SeenEvent[]> {
    const all = await eventsIn(this.#api, this.namespace)
    return all.filter(({ regarding }) => name === undefined || regarding.name === name)
  }

  /** Waits until there is an Event of this reason. */
  async event(name: string, reason: string): Promise<SeenEvent> {
    return await until(async () => (await this.events(name)).find((event) => event.reason === reason), {
      what: `an Event ${reason} about ${name}`,
    })
  }
}

export function conditionOf({ status }: SeenService): SeenCondition | undefined {
  return status.conditions?.find(({ type }) => type === 'homeport.dev/Live')
}

export async function eventsIn(api: ApiServer, namespace: string): Promise<readonly SeenEvent[]> {
  const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`
  return (await api.client.get<KubernetesList<SeenEvent>>(path)).items
}
