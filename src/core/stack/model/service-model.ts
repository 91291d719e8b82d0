import type { Path } from '../place.ts'

/** What a service of a stack is on Kubernetes. */
export interface ServiceModel {
  /** As the stack calls it. */
  readonly key: string
  /** Of its objects, and the name that resolves. */
  readonly name: string
  readonly path: Path
  readonly image: string
  readonly run: Run
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly environment: readonly Variable[]
  readonly mounts: readonly Mount[]
  readonly ports: readonly Port[]
  /** Headless: asked for (`dnsrr`), or because it may be asked for other ports than those that are known. */
  readonly headless: boolean
  readonly publishes: readonly Publish[]
  readonly routes: readonly Route[]
  /** The names that it has beside its own, as Kubernetes has them. */
  readonly aliases: readonly string[]
  /** The shared networks that it is on, by the names that they have outside the stack. */
  readonly sharedNetworks: readonly string[]
  /** It is on internal networks alone: it reaches nothing outside of the cluster. */
  readonly inside: boolean
  readonly health?: Health | undefined
  readonly resources: Resources
  readonly placement: Placement
  readonly security: Security
  /** Domains in which a name is looked for, after the cluster's own. */
  readonly dnsSearches: readonly string[]
  readonly hostAliases: readonly { readonly ip: string; readonly host: string }[]
  readonly hostname?: string | undefined
  readonly workingDir?: string | undefined
  readonly tty: boolean
  readonly stdin: boolean
  /** Seconds. */
  readonly stopGrace: number
  /** Whether a process of its own is the first one and buries the dead. */
  readonly init: boolean
  /** What its labels ask of its ports on the edge, by the names of annotations. */
  readonly wishes: Readonly<Record<string, string>>
  /** The agent that tells the edge of its ports; none: the controller does. */
  readonly phone?: Phone | undefined
  /** What its labels say that is for nobody here: kept on the pods. */
  readonly annotations: Readonly<Record<string, string>>
  /** The claim after which those are called that run together: they share what one node at a time can have. */
  readonly together?: string | undefined
  /** The Secret with its secret variables. */
  readonly secretName?: string | undefined
  /** A ServiceAccount whose token the pod gets; none: no token. */
  readonly account?: Account | undefined
  /** Of Compose: what it waits for before it starts. */
  readonly waits?: readonly Wait[] | undefined
}

/** Another service that has to be so far before this one starts. */
export interface Wait {
  readonly key: string
  readonly condition: 'service_healthy' | 'service_completed_successfully'
}

/** An agent, as docs/agent.md has it. */
export interface Phone {
  readonly kind: 'sidecar' | 'affinity'
  readonly image: string
  readonly tokenSecret: string
  /** Beside the pod's own name. */
  readonly environment: Readonly<Record<string, string>>
  /** Says whether its claims are live. */
  readonly readyPort: number
}

export interface Account {
  readonly name: string
  /** Made with the stack, and bound to this ClusterRole. Left out: it is there already. */
  readonly clusterRole?: string
}

/** How it runs. */
export type Run =
  | { readonly kind: 'Deployment'; readonly replicas: number; readonly update: Update }
  | { readonly kind: 'DaemonSet'; readonly update: Update }
  | {
      readonly kind: 'Job'
      readonly tasks: number
      readonly atOnce: number
      readonly retries: number
      /** Others reach it while it runs: it need not end to be what it is there for. */
      readonly stays: boolean
    }

export interface Update {
  /** How many may be away, or too many. One of the two is 0. */
  readonly maxUnavailable: number | string
  readonly maxSurge: number | string
  /** Seconds that a new pod has to be well before the next. */
  readonly minReadySeconds: number
  /** All end before the first new one starts: a volume has one writer. */
  readonly recreate: boolean
}

export type Variable =
  /** `value` as Kubernetes reads it: `$(NAME)` stands for another variable. */
  | { readonly name: string; readonly kind: 'plain'; readonly value: string }
  | { readonly name: string; readonly kind: 'field'; readonly field: string }
  | { readonly name: string; readonly kind: 'secret'; readonly key: string; readonly value: string }

export type Mount = {
  readonly target: string
  readonly readOnly: boolean
} & (
  | {
      readonly kind: 'claim'
      readonly claim: string
      readonly subPath: string
      /** The group that its volume belongs to, as the labels of the volume say. */
      readonly owner?: number | undefined
    }
  | {
      readonly kind: 'file'
      readonly from: 'ConfigMap' | 'Secret'
      readonly name: string
      readonly key: string
      readonly mode: number
    }
  | { readonly kind: 'memory'; readonly size: number }
  | { readonly kind: 'scratch' }
  | { readonly kind: 'host'; readonly source: string }
)

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

export interface Port {
  readonly port: number
  readonly protocol: Protocol
}

export interface Publish {
  /** Of the edge; 0: any. */
  readonly published: number
  readonly target: number
  readonly protocol: Protocol
  /** On the nodes that run it alone. */
  readonly host: boolean
  /** Of every node; left out: any, which the controller finds out. */
  readonly nodePort?: number | undefined
}

export interface Health {
  readonly command: readonly string[]
  /** Seconds. */
  readonly interval: number
  readonly timeout: number
  readonly retries: number
  /** None where there is no grace at the start. */
  readonly start?: { readonly interval: number; readonly tries: number } | undefined
}

/** As Kubernetes writes quantities. */
export interface Resources {
  readonly limits: Readonly<Record<string, string>>
  readonly requests: Readonly<Record<string, string>>
}

export interface NodeRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values: readonly string[]
}

export interface Placement {
  readonly nodes: readonly NodeRequirement[]
  /** Labels of nodes over whose values the pods are spread. */
  readonly spread: readonly string[]
  /** 0: any number. It is left out where there are no more pods than that. */
  readonly maxPerNode: number
  /** The nodes that all of them take: `maxPerNode` on each. */
  readonly leastNodes: number
  readonly onControlPlane: boolean
}

export interface Security {
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly readOnlyRoot: boolean
  /** The group that its volumes belong to, as its labels say. */
  readonly owner?: number | undefined
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  readonly sysctls: readonly { readonly name: string; readonly value: string }[]
  readonly allowEscalation: boolean
  /** Of Compose, and allowed by a label. */
  readonly privileged?: boolean | undefined
  /** Of Compose: further groups of its processes. */
  readonly groups?: readonly number[] | undefined
}

/** A way in from outside by name, through the ingress controller. */
export interface Route {
  readonly name: string
  readonly protocol: 'http' | 'tcp' | 'udp'
  /** Hosts and paths alone, where that is all that the rule asks for. */
  readonly plain?: readonly HostPath[] | undefined
  /** The whole rule, as Traefik 3 reads it; empty for UDP. */
  readonly match: string
  readonly entryPoints: readonly string[]
  readonly middlewares: readonly MiddlewareReference[]
  readonly tls?: { readonly resolver?: string | undefined; readonly passthrough: boolean } | undefined
  /** As the labels say it. */
  readonly priority?: number | undefined
  /** The highest is asked first: the priority, else how long the rule is as it was written. */
  readonly rank: number
  readonly port: number
  readonly scheme?: string | undefined
  readonly sticky: boolean
  readonly service: string
  /** Where the stack asks for it. */
  readonly at: Path
}

/** A way in that every controller knows: hosts and paths, and who may come. */
export interface PortableRoute {
  readonly name: string
  /** The key of the service that it leads to. */
  readonly service: string
  readonly port: number
  readonly paths: readonly HostPath[]
  readonly tls: boolean
  /** Whether who comes without TLS is sent to it. */
  readonly redirect: boolean
  /** The prefix that the service does not see. */
  readonly strip?: string | undefined
  readonly basic?: { readonly secret: string; readonly realm?: string | undefined } | undefined
  readonly ask?: Asking | undefined
  /** Address ranges of the clients; none: all. */
  readonly allow: readonly string[]
  readonly secure: boolean
  readonly sticky: boolean
}

/** Who somebody is, another server is asked. */
export interface Asking {
  readonly url: string
  readonly signIn?: string | undefined
  /** Headers of its answer that the service gets. */
  readonly headers: readonly string[]
}

export interface HostPath {
  readonly host: string
  readonly path: string
  readonly exact: boolean
}

export interface MiddlewareReference {
  readonly name: string
  /** Left out: the stack's own. */
  readonly namespace?: string | undefined
}
