/** What the value of a label becomes: a text, a list of them, a number, a yes or no, a map whose keys are in the labels. */
type Form = 'text' | 'list' | 'number' | 'flag' | 'map'

interface Kind {
  /** As the Middleware of Traefik 3 has it. */
  readonly name: string
  readonly options: Readonly<Record<string, Form>>
}

const SOURCE = {
  'ipStrategy.depth': 'number',
  'ipStrategy.excludedIPs': 'list',
  'ipStrategy.ipv6Subnet': 'number',
} as const

/** By what clients are told apart. */
const CRITERION = {
  'sourceCriterion.ipStrategy.depth': 'number',
  'sourceCriterion.ipStrategy.excludedIPs': 'list',
  'sourceCriterion.ipStrategy.ipv6Subnet': 'number',
  'sourceCriterion.requestHeaderName': 'text',
  'sourceCriterion.requestHost': 'flag',
} as const

/** The middlewares that labels can make, as https://doc.traefik.io/traefik/reference/ has them. Not in it: refused. */
const KINDS: readonly Kind[] = [
  { name: 'addPrefix', options: { prefix: 'text' } },
  { name: 'basicAuth', options: { users: 'list', realm: 'text', headerField: 'text', removeHeader: 'flag' } },
  {
    name: 'digestAuth',
    options: { users: 'list', realm: 'text', headerField: 'text', removeHeader: 'flag' },
  },
  {
    name: 'buffering',
    options: {
      maxRequestBodyBytes: 'number',
      memRequestBodyBytes: 'number',
      maxResponseBodyBytes: 'number',
      memResponseBodyBytes: 'number',
      retryExpression: 'text',
    },
  },
  { name: 'chain', options: { middlewares: 'list' } },
  {
    name: 'circuitBreaker',
    options: {
      expression: 'text',
      checkPeriod: 'text',
      fallbackDuration: 'text',
      recoveryDuration: 'text',
      responseCode: 'number',
    },
  },
  {
    name: 'compress',
    options: {
      excludedContentTypes: 'list',
      includedContentTypes: 'list',
      minResponseBodyBytes: 'number',
      encodings: 'list',
      defaultEncoding: 'text',
    },
  },
  { name: 'contentType', options: { autoDetect: 'flag' } },
  // The service is one of Traefik's: which of Kubernetes' it is, is found where the labels of all are known.
  { name: 'errors', options: { status: 'list', query: 'text', service: 'text' } },
  {
    name: 'forwardAuth',
    options: {
      address: 'text',
      trustForwardHeader: 'flag',
      authResponseHeaders: 'list',
      authResponseHeadersRegex: 'text',
      authRequestHeaders: 'list',
      addAuthCookiesToResponse: 'list',
      headerField: 'text',
      forwardBody: 'flag',
      maxBodySize: 'number',
      maxResponseBodySize: 'number',
      preserveLocationHeader: 'flag',
      preserveRequestMethod: 'flag',
      'tls.insecureSkipVerify': 'flag',
    },
  },
  { name: 'grpcWeb', options: { allowOrigins: 'list' } },
  {
    name: 'headers',
    options: {
      customRequestHeaders: 'map',
      customResponseHeaders: 'map',
      accessControlAllowCredentials: 'flag',
      accessControlAllowHeaders: 'list',
      accessControlAllowMethods: 'list',
      accessControlAllowOriginList: 'list',
      accessControlAllowOriginListRegex: 'list',
      accessControlExposeHeaders: 'list',
      accessControlMaxAge: 'number',
      addVaryHeader: 'flag',
      allowedHosts: 'list',
      hostsProxyHeaders: 'list',
      sslProxyHeaders: 'map',
      stsSeconds: 'number',
      stsIncludeSubdomains: 'flag',
      stsPreload: 'flag',
      forceSTSHeader: 'flag',
      frameDeny: 'flag',
      customFrameOptionsValue: 'text',
      contentTypeNosniff: 'flag',
      browserXssFilter: 'flag',
      customBrowserXSSValue: 'text',
      contentSecurityPolicy: 'text',
      contentSecurityPolicyReportOnly: 'text',
      publicKey: 'text',
      referrerPolicy: 'text',
      permissionsPolicy: 'text',
      isDevelopment: 'flag',
      sslRedirect: 'flag',
      sslTemporaryRedirect: 'flag',
      sslHost: 'text',
      sslForceHost: 'flag',
      featurePolicy: 'text',
    },
  },
  { name: 'ipAllowList', options: { sourceRange: 'list', rejectStatusCode: 'number', ...SOURCE } },
  { name: 'inFlightReq', options: { amount: 'number', ...CRITERION } },
  { name: 'rateLimit', options: { average: 'number', burst: 'number', period: 'text', ...CRITERION } },
  { name: 'redirectRegex', options: { regex: 'text', replacement: 'text', permanent: 'flag' } },
  { name: 'redirectScheme', options: { scheme: 'text', port: 'text', permanent: 'flag' } },
  { name: 'replacePath', options: { path: 'text' } },
  { name: 'replacePathRegex', options: { regex: 'text', replacement: 'text' } },
  { name: 'retry', options: { attempts: 'number', initialInterval: 'text' } },
  { name: 'stripPrefix', options: { prefixes: 'list', forceSlash: 'flag' } },
  { name: 'stripPrefixRegex', options: { regex: 'list' } },
]

const OLD_KINDS: ReadonlyMap<string, string> = new Map([['ipwhitelist', 'ipallowlist']])
const BY_NAME = new Map(KINDS.map((kind) => [kind.name.toLowerCase(), kind]))

export interface MiddlewareReading {
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  /** Options that this table does not know, as in the labels. */
  readonly unknown: readonly string[]
}

/** Reads the options of a middleware: those of each kind that it is of (one, in a sound label). */
export function readMiddleware(labels: ReadonlyMap<string, string>): MiddlewareReading[] {
  const found = new Map<string, { kind: string; options: Record<string, unknown>; unknown: string[] }>()
  for (const [label, value] of labels) {
    const [small = '', ...rest] = label.split('.')
    const kind = BY_NAME.get(OLD_KINDS.get(small) ?? small)
    const name = kind?.name ?? small
    const reading = found.get(name) ?? { kind: name, options: {}, unknown: [] }
    found.set(name, reading)
    // `compress: true` has no options.
    if (rest.length === 0 && /^(compress|contentType)$/.test(name)) continue
    if (!kind || !setOption(kind, rest.join('.'), value, reading.options)) reading.unknown.push(label)
  }
  return [...found.values()]
}

function setOption({ options }: Kind, label: string, value: string, into: Record<string, unknown>): boolean {
  for (const [name, form] of Object.entries(options)) {
    const small = name.toLowerCase()
    if (form === 'map' && label.startsWith(`${small}.`)) {
      into[name] = { ...mapOf(into[name]), [label.slice(small.length + 1)]: value }
      return true
    }
    // `sourcerange[0]` is one item of the list.
    const item = form === 'list' && label.replace(/\[\d+\]$/, '') === small && label !== small
    if (label !== small && !item) continue
    const read = readValue(value, form)
    if (read === undefined) return false
    put(into, name.split('.'), (there) => (item ? [...listIn(there), value] : read))
    return true
  }
  return false
}

/** Puts a value at a path of maps, which are made where they are not there. */
function put(
  into: Record<string, unknown>,
  [first = '', ...rest]: readonly string[],
  value: (there: unknown) => unknown,
): void {
  if (rest.length === 0) {
    into[first] = value(into[first])
    return
  }
  const inner = mapOf(into[first])
  put(inner, rest, value)
  into[first] = inner
}

function readValue(text: string, form: Form): unknown {
  if (form === 'list')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  if (form === 'flag') return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined
  if (form === 'number') return /^\d{1,15}$/.test(text) ? Number(text) : undefined
  return text
}

function mapOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
