import type { PortableRoute } from './service-model.ts'
import type { Middleware } from './stack-model.ts'

/** What a middleware makes of a route; or why no controller but Traefik can do it. */
export type Effect = Partial<PortableRoute> | { readonly refused: string }

/** What one middleware, whose options are those of Traefik 3, is for every controller. */
export function effectOf({ name, spec }: Middleware): Effect {
  const [kind = '', options] = Object.entries(spec)[0] ?? []
  const read = new Map(typeof options === 'object' && options !== null ? Object.entries(options) : [])
  const forms = FORMS[kind]
  const unknown = [...read.keys()].filter((option) => !forms?.options.includes(option))
  if (forms === undefined) return refusal(`the middleware ${name} (${kind}) is Traefik's own`)
  if (unknown.length > 0) return refusal(`${unknown.join(', ')} of the middleware ${name} is Traefik's own`)
  return forms.effect(read, name)
}

interface Form {
  /** Those that are carried over, or that only say how Traefik does it. */
  readonly options: readonly string[]
  readonly effect: (options: ReadonlyMap<string, unknown>, name: string) => Effect
}

const FORMS: Readonly<Record<string, Form>> = {
  basicAuth: {
    options: ['secret', 'realm'],
    effect: (options) => ({
      basic: { secret: text(options, 'secret'), realm: text(options, 'realm') || undefined },
    }),
  },
  forwardAuth: {
    options: ['address', 'trustForwardHeader', 'authResponseHeaders'],
    effect: (options) => ({
      ask: { url: text(options, 'address'), headers: texts(options, 'authResponseHeaders') },
    }),
  },
  ipAllowList: {
    options: ['sourceRange'],
    effect: (options) => ({ allow: texts(options, 'sourceRange') }),
  },
  redirectScheme: {
    options: ['scheme', 'permanent', 'port'],
    effect: (options, name) =>
      text(options, 'scheme') === 'https' && ['', '443'].includes(text(options, 'port'))
        ? { redirect: true }
        : refusal(`the middleware ${name} sends elsewhere than to https`),
  },
  stripPrefix: {
    options: ['prefixes', 'forceSlash'],
    effect: (options, name) => {
      const [prefix = '', ...others] = texts(options, 'prefixes')
      return others.length === 0
        ? { strip: prefix.replace(/\/+$/, '') }
        : refusal(`the middleware ${name} strips several prefixes`)
    },
  },
}

function refusal(refused: string): Effect {
  return { refused }
}

function text(options: ReadonlyMap<string, unknown>, key: string): string {
  return String(options.get(key) ?? '')
}

function texts(options: ReadonlyMap<string, unknown>, key: string): string[] {
  const value = options.get(key)
  return Array.isArray(value) ? value.map(String) : []
}
