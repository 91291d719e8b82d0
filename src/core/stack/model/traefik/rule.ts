import type { HostPath } from '../service-model.ts'

/** A rule of a router, as a tree. */
export type Rule =
  | { readonly is: 'or' | 'and'; readonly parts: readonly Rule[] }
  | { readonly is: 'not'; readonly part: Rule }
  | { readonly is: 'match'; readonly matcher: string; readonly values: readonly string[] }

/** How Traefik 3 writes the matchers, by their names in small letters. */
const MATCHERS: ReadonlyMap<string, string> = new Map(
  [
    ...['Host', 'HostRegexp', 'HostSNI', 'HostSNIRegexp', 'Path', 'PathPrefix', 'PathRegexp', 'Method'],
    ...['Header', 'HeaderRegexp', 'Query', 'QueryRegexp', 'ClientIP', 'ALPN'],
  ].map((name) => [name.toLowerCase(), name]),
)
const OLD_NAMES: ReadonlyMap<string, string> = new Map([
  ['headers', 'header'],
  ['headersregexp', 'headerregexp'],
])
const PAIRED = new Set(['Header', 'HeaderRegexp', 'Query', 'QueryRegexp'])
/** No rule of a person's nests deeper. */
const DEEPEST = 50

const TOKENS = /\s*(?:(\|\||&&|!|\(|\)|,)|`([^`]*)`|"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z]+))/y

/** Reads a rule of Traefik 2 or 3; undefined where it is none. */
export function parseRule(text: string): Rule | undefined {
  const tokens = tokenize(text)
  if (tokens === undefined) return undefined
  const reader = new RuleReader(tokens)
  const rule = reader.or(0)
  return reader.atEnd ? rule : undefined
}

type Token = { readonly sign: string } | { readonly word: string } | { readonly value: string }

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = []
  const form = new RegExp(TOKENS)
  const end = text.trimEnd().length
  while (form.lastIndex < end) {
    const [, sign, tick, double, single, word] = form.exec(text) ?? []
    const value = tick ?? double?.replace(/\\(.)/g, '$1') ?? single
    if (sign !== undefined) tokens.push({ sign })
    else if (value !== undefined) tokens.push({ value })
    else if (word !== undefined) tokens.push({ word })
    else return undefined
  }
  return tokens
}

class RuleReader {
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get atEnd(): boolean {
    return this.#next === this.#tokens.length
  }

  or(depth: number): Rule | undefined {
    return this.#list('||', 'or', () => this.#list('&&', 'and', () => this.#not(depth)))
  }

  #list(sign: string, is: 'or' | 'and', read: () => Rule | undefined): Rule | undefined {
    const parts: Rule[] = []
    do {
      const part = read()
      if (part === undefined) return undefined
      parts.push(part)
    } while (this.#take(sign))
    const [only] = parts
    return parts.length === 1 ? only : { is, parts }
  }

  #not(depth: number): Rule | undefined {
    if (depth > DEEPEST) return undefined
    if (this.#take('!')) {
      const part = this.#not(depth + 1)
      return part && { is: 'not', part }
    }
    if (this.#take('(')) {
      const rule = this.or(depth + 1)
      return this.#take(')') ? rule : undefined
    }
    return this.#match()
  }

  #match(): Rule | undefined {
    const token = this.#tokens[this.#next++]
    if (token === undefined || !('word' in token)) return undefined
    const small = token.word.toLowerCase()
    const name = MATCHERS.get(OLD_NAMES.get(small) ?? small)
    if (name === undefined || !this.#take('(')) return undefined
    const values: string[] = []
    do {
      const value = this.#tokens[this.#next++]
      if (value === undefined || !('value' in value)) return undefined
      values.push(value.value)
    } while (this.#take(','))
    return this.#take(')') ? modern(name, values) : undefined
  }

  #take(sign: string): boolean {
    const token = this.#tokens[this.#next]
    if (token === undefined || !('sign' in token) || token.sign !== sign) return false
    this.#next++
    return true
  }
}

/** What a matcher of Traefik 2 is in 3: one value each, and regular expressions without braces. */
export function modern(matcher: string, values: readonly string[]): Rule {
  if (matcher.startsWith('Query') && values.length === 1) {
    const [key = '', value] = (values[0] ?? '').split(/=(.*)/s)
    return { is: 'match', matcher, values: value === undefined ? [key] : [key, value] }
  }
  if (PAIRED.has(matcher)) return { is: 'match', matcher, values }
  const parts = values.map((value): Rule => {
    const isPath = matcher === 'Path' || matcher === 'PathPrefix'
    if (isPath && value.includes('{')) {
      const end = matcher === 'Path' ? '$' : ''
      return { is: 'match', matcher: 'PathRegexp', values: [`^${withoutBraces(value)}${end}`] }
    }
    const isOld = /^(HostRegexp|HostSNIRegexp)$/.test(matcher) && /\{[A-Za-z_]\w*(:.*)?\}/.test(value)
    return { is: 'match', matcher, values: [isOld ? `^${withoutBraces(value)}$` : value] }
  })
  const [only] = parts
  return parts.length === 1 && only ? only : { is: 'or', parts }
}

/** `{name:.+}.example.com` is `.+\.example\.com`. */
function withoutBraces(text: string): string {
  return text
    .split(/(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})/)
    .map((piece) => {
      if (!piece.startsWith('{')) return piece.replace(/[.+*?^$()|[\]\\]/g, '\\$&')
      const colon = piece.indexOf(':')
      return colon < 0 ? '[^/]+' : `(?:${piece.slice(colon + 1, -1)})`
    })
    .join('')
}

/** The rule as Traefik 3 reads it. */
export function ruleText(rule: Rule): string {
  if (rule.is === 'match')
    return `${rule.matcher}(${rule.values.map((value) => `\`${value.replaceAll('`', '')}\``).join(', ')})`
  if (rule.is === 'not') return `!${inner(rule.part)}`
  return rule.parts.map(inner).join(rule.is === 'or' ? ' || ' : ' && ')
}

function inner(rule: Rule): string {
  return rule.is === 'match' || rule.is === 'not' ? ruleText(rule) : `(${ruleText(rule)})`
}

/** Every host with every path that a rule lets in, where it asks for hosts and paths alone; else undefined. */
export function plainHosts(rule: Rule): HostPath[] | undefined {
  const found: HostPath[] = []
  for (const term of rule.is === 'or' ? rule.parts : [rule]) {
    const parts = term.is === 'and' ? term.parts : [term]
    const hosts = parts.map(valuesOf('Host')).filter((values) => values !== undefined)
    const paths = parts.flatMap((part) => {
      const exact = valuesOf('Path')(part)?.map((path) => ({ path, exact: true }))
      return [exact ?? valuesOf('PathPrefix')(part)?.map((path) => ({ path, exact: false }))]
    })
    const given = paths.filter((values) => values !== undefined)
    if (hosts.length !== 1 || given.length > 1 || hosts.length + given.length !== parts.length)
      return undefined
    for (const host of hosts[0] ?? []) {
      for (const path of given[0] ?? [{ path: '/', exact: false }])
        found.push({ host: host.toLowerCase(), ...path })
    }
  }
  return found.every(isPlain) ? found : undefined
}

function valuesOf(matcher: string): (rule: Rule) => readonly string[] | undefined {
  const values = (rule: Rule): readonly string[] | undefined => {
    if (rule.is === 'match') return rule.matcher === matcher ? rule.values : undefined
    if (rule.is !== 'or') return undefined
    const all = rule.parts.map(values)
    return all.every((part) => part !== undefined) ? all.flat() : undefined
  }
  return values
}

/** What the rules of an Ingress take. */
function isPlain({ host, path }: HostPath): boolean {
  return isHostName(host) && /^\/[\x21-\x7e]*$/.test(path) && !/\/\/|\/\.\.?(\/|$)|%2f/i.test(path)
}

/** A name, and no address: Kubernetes takes none of those for a host. */
export function isHostName(host: string): boolean {
  return (
    host.length <= 253 &&
    !/^\d+(\.\d+){3}$/.test(host) &&
    /^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/.test(host)
  )
}
