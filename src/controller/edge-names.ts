import { canonicalAddress } from '../core/address/address.ts'
import type { Kind } from '../settings/kind.ts'

/** What a setting says of one edge; without a name where there is only one. */
export interface Named<Value> {
  readonly name?: string
  readonly value: Value
}

const NAME = /^([a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?)=(.*)$/s

/** `https://203.0.113.5:9443`, `fra=https://fra.example.com:9443`. */
export const edgeUrl: Kind<Named<URL>> = {
  form: 'an https URL such as https://203.0.113.5:9443, or fra=https://203.0.113.5:9443',
  read: (text) => named(text, (value) => (URL.canParse(value) ? httpsUrl(new URL(value)) : undefined)),
}

/** `203.0.113.5`, `fra=203.0.113.5`, `edge.example.com`. */
export const edgeAddress: Kind<Named<string>> = {
  form: 'an IP address or a host name, or with an edge in front: fra=203.0.113.5',
  read: (text) => named(text, (value) => canonicalAddress(value) ?? hostName(value)),
}

/** `homeport/homeport-node-health`. */
export const serviceKey: Kind<string> = {
  form: 'a namespace and a name, such as homeport/homeport-node-health',
  read: (text) => (/^[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}$/.test(text) ? text : undefined),
}

function named<Value>(text: string, read: (text: string) => Value | undefined): Named<Value> | undefined {
  const [, name, rest] = NAME.exec(text) ?? []
  const value = read(rest ?? text)
  return value === undefined ? undefined : { value, ...(name !== undefined && { name }) }
}

function httpsUrl(url: URL): URL | undefined {
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url : undefined
}

/** A DNS-1123 subdomain, as `status.loadBalancer.ingress[].hostname` takes it; all digits would be an address. */
function hostName(text: string): string | undefined {
  const isName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text)
  return isName && text.length <= 253 && /[a-z]/.test(text) ? text : undefined
}
