import type { Finding } from './findings.ts'
import type { MiddlewareReference, PortableRoute, ServiceModel } from './service-model.ts'

/** What a stack is on Kubernetes, and what was found on the way. Whole only where no finding is an error. */
export interface StackModel {
  readonly stackName: string
  readonly namespace: string
  readonly services: readonly ServiceModel[]
  readonly claims: readonly Claim[]
  readonly files: readonly FileObject[]
  readonly middlewares: readonly Middleware[]
  /** The routes, where the controller is another than Traefik. */
  readonly portable: readonly PortableRoute[]
  /** Ports that the ingress controller asks who somebody is, by the keys of the services. */
  readonly asked: ReadonlyMap<string, ReadonlySet<number>>
  /** Names of services of other stacks, and the namespaces where they are. */
  readonly foreign: readonly { readonly name: string; readonly namespace: string }[]
  /** By the keys of services whose tasks are asked for one by one: the name that leads to these. */
  readonly tasksOf: ReadonlyMap<string, string>
  readonly findings: readonly Finding[]
}

/** A volume that stays. */
export interface Claim {
  readonly name: string
  readonly size: string
  /** The group that it belongs to, where its labels say so. */
  readonly owner?: number | undefined
  readonly many: boolean
  /** Docker has one on each node. */
  readonly local: boolean
  /** The folder of the host whose place it takes; empty for a volume with a name. */
  readonly hostPath: string
  /** A share that is there already. */
  readonly nfs?: NfsShare | undefined
  /** It has to be there. */
  readonly external: boolean
  /** What the labels of the volume say that is for nobody here. */
  readonly annotations: Readonly<Record<string, string>>
}

export interface NfsShare {
  readonly server: string
  readonly path: string
  readonly options: readonly string[]
  readonly readOnly: boolean
}

/** A ConfigMap or Secret. Its content never changes: another content has another name. */
export interface FileObject {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  readonly entries: ReadonlyMap<string, Uint8Array>
}

export interface Middleware {
  readonly name: string
  /** What it is a chain of. */
  readonly chain?: readonly MiddlewareReference[] | undefined
  readonly spec: Readonly<Record<string, unknown>>
}
