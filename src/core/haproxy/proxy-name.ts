import { type PortKey, portKey } from '../route.ts'

/** `tcp/8443` is HAProxy's proxy `tcp-8443`: a name that its CLI, its CSV and its messages carry as one word. */
export function proxyName(key: PortKey): string {
  return key.replace('/', '-')
}

const FORM = /^(tcp|udp)-([1-9]\d{0,4})$/

/** The port that a proxy serves; undefined for a proxy that is none of ours. */
export function portKeyOf(proxy: string): PortKey | undefined {
  const [, protocol, port] = FORM.exec(proxy) ?? []
  if (protocol === 'tcp' || protocol === 'udp') return portKey(protocol, Number(port))
  return undefined
}
