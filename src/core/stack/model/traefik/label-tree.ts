/** The labels of one thing in Traefik's labels: what comes behind its name, in small letters, and the value. */
export type Options = ReadonlyMap<string, string>

/** What the labels of a service say to Traefik 2 and 3, by the names of the routers, services and middlewares. */
export interface LabelTree {
  readonly enabled: boolean
  readonly routers: readonly {
    readonly protocol: 'http' | 'tcp' | 'udp'
    readonly name: string
    readonly options: Options
  }[]
  /** By protocol and name: `http/web`. */
  readonly services: ReadonlyMap<string, Options>
  readonly middlewares: ReadonlyMap<string, Options>
  readonly tcpMiddlewares: ReadonlyMap<string, Options>
}

const PROTOCOLS = ['http', 'tcp', 'udp'] as const

/** `traefik.http.routers.NAME.rule`, in whatever letters. Names keep theirs. */
const FORM = /^traefik\.(http|tcp|udp)\.(routers|services|middlewares)\.([^.]+)\.(.+)$/i

export function readLabelTree(labels: ReadonlyMap<string, string>): LabelTree {
  const kinds = new Map<string, Map<string, Map<string, string>>>()
  let enabled = true
  for (const [label, value] of labels) {
    if (/^traefik\.enabled?$/i.test(label)) enabled = !/^(false|0|f)$/i.test(value.trim())
    const [, protocol = '', kind = '', name = '', option = ''] = FORM.exec(label) ?? []
    if (name === '') continue
    const key = `${protocol}.${kind}`.toLowerCase()
    const things = kinds.get(key) ?? new Map<string, Map<string, string>>()
    // `routers.Web.rule` and `routers.web.middlewares` are of one router.
    const first = [...things.keys()].find((one) => one.toLowerCase() === name.toLowerCase()) ?? name
    const options = things.get(first) ?? new Map<string, string>()
    kinds.set(key, things.set(first, options.set(option.toLowerCase(), value.trim())))
  }
  const of = (key: string) => kinds.get(key) ?? new Map<string, Options>()
  const routers = PROTOCOLS.flatMap((protocol) =>
    [...of(`${protocol}.routers`)].map(([name, options]) => ({ protocol, name, options })),
  )
  return {
    enabled,
    routers,
    services: new Map(
      PROTOCOLS.flatMap((protocol) =>
        [...of(`${protocol}.services`)].map(([name, options]) => [`${protocol}/${name}`, options] as const),
      ),
    ),
    middlewares: of('http.middlewares'),
    tcpMiddlewares: of('tcp.middlewares'),
  }
}

/** `a, b,c` */
export function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Whether a name behind an @ is that of the provider that reads the labels of Docker. */
export function isOwnProvider(provider: string): boolean {
  return /^(docker|swarm)$/i.test(provider)
}
