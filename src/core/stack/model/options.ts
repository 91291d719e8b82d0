/** What the one who deploys a stack decides about it, and its file does not say. */
export interface StackOptions {
  /** The folder of the stack file, absolute: a bind below it is named after its path in it, wherever the folder lies. */
  readonly folder: string
  /** The size of a volume that names none, as Kubernetes writes it. */
  readonly volumeSize: string
  /** Left out: the cluster's default. */
  readonly storageClass?: string
  /**
   * What becomes of a volume that several pods use. `co-locate`: they run on one node, which every storage can do.
   * `ReadWriteMany`: they run anywhere, and the storage has to be able to do that.
   */
  readonly sharedVolumes: 'co-locate' | 'ReadWriteMany'
  /** When each volume is snapshotted, as `backup.kubernetes.io/deltas` has it. */
  readonly snapshots: string
  /** What `/etc/localtime` stands for. */
  readonly timeZone: string
  /** The image of what waits for other services before one starts: it has sh, nc and curl. */
  readonly waitImage: string
  /** The namespaces in which the ingress controller may run: let in to services with a route. Left out: the usual ones. */
  readonly ingressNamespaces?: readonly string[]
  /** The ingress controller of the cluster: Traefik, ingress-nginx, HAProxy Ingress; `none`: nothing has a route. */
  readonly ingress: IngressKind
  /** The IngressClass of the routes; left out: the cluster's default. */
  readonly ingressClass?: string
  /** The issuer of cert-manager that certificates come from, where Traefik does not get them by itself. */
  readonly clusterIssuer?: string
  /** Where other controllers than Traefik ask who somebody is: oauth2-proxy's `/oauth2/auth`. */
  readonly oauthUrl: string
  /** Where they send whoever is nobody yet; left out: they are refused. */
  readonly oauthSignIn?: string
  /** The Traefik middleware that asks who somebody is, for every host that does not say otherwise. */
  readonly oauth: { readonly namespace: string; readonly name: string }
  /** Secrets of the stack's namespace with which images are pulled. */
  readonly pullSecrets: readonly string[]
  /** Who tells the edge which ports are published. */
  readonly phone: PhoneOption
  /** Other stacks of the cluster that share networks or folders of the host with this one. */
  readonly neighbours: readonly Neighbour[]
}

/** The cluster's controller, by its watch of Services; or agents, beside each task or one a service. */
export type PhoneOption = { readonly kind: 'controller' } | AgentOption

export interface AgentOption {
  /** `sidecar`: a container in each pod. `affinity`: a pod of its own for each service, on a node that runs it. */
  readonly kind: 'sidecar' | 'affinity'
  readonly image: string
  /** URLs of the edges, with commas, as the agent reads them. */
  readonly edges: string
  /** The Secret of the stack's namespace with the token. */
  readonly tokenSecret: string
  /** What the edge calls the cluster. */
  readonly cluster: string
}

export type IngressKind = 'traefik' | 'nginx' | 'haproxy' | 'none'

/** Where the controllers' own charts and the small distributions put them. */
export const USUAL_NAMESPACES: Readonly<Record<IngressKind, readonly string[]>> = {
  traefik: ['kube-system', 'traefik'],
  nginx: ['ingress-nginx', 'kube-system'],
  haproxy: ['haproxy-ingress', 'ingress-controller', 'kube-system'],
  none: [],
}

export interface Neighbour {
  readonly namespace: string
  /** The names of its services that are on networks with a name of their own: `{ db: ['shared'] }`. */
  readonly services: Readonly<Record<string, readonly string[]>>
  /** The folders of the host that it keeps in volumes of its own. */
  readonly hostPaths: readonly string[]
  /** Its volumes, by the names that they have in all of Swarm. */
  readonly volumes: readonly string[]
}

export const DEFAULT_OPTIONS: StackOptions = {
  folder: '/',
  volumeSize: '10Gi',
  sharedVolumes: 'co-locate',
  snapshots: 'P1D P7D',
  timeZone: 'UTC',
  waitImage: 'curlimages/curl:8.11.1',
  ingress: 'traefik',
  oauthUrl: 'http://oauth2-proxy.homeport.svc.cluster.local:4180/oauth2/auth',
  oauth: { namespace: 'homeport', name: 'oauth' },
  pullSecrets: [],
  phone: { kind: 'controller' },
  neighbours: [],
}
