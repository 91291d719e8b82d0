import { canonicalAddress } from '../../core/address/address.ts'
import type { ProxyProtocol } from '../../wire/claim.ts'
import type { Fault } from '../request-refused.ts'

/** What the original phone-home asks for. */
export interface HookRequest {
  readonly action: 'add' | 'delete'
  /** A DNS label: the owner's name. */
  readonly name: string
  readonly frontendPort: number
  readonly backendPort: number
  /** Canonical. */
  readonly address: string
  readonly proxyProtocol: ProxyProtocol
}

/** What stands for a field: its value, or undefined where the text means nothing. */
type Read<Value> = (text: string) => Value | undefined

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const PORT = /^[1-9][0-9]{0,4}$/

/** The original took any name; Kubernetes' come in lower case, and `_` is what people write for `-`. */
const readName: Read<string> = (text) => {
  const name = text.toLowerCase().replaceAll('_', '-')
  return NAME.test(name) ? name : undefined
}

const readPort: Read<number> = (text) => {
  const port = PORT.test(text) ? Number(text) : 0
  return 1 <= port && port <= 65535 ? port : undefined
}

const readAction: Read<'add' | 'delete'> = (text) => (text === 'add' || text === 'delete' ? text : undefined)

/** HAProxy's `send-proxy` is version 1 of the protocol, `send-proxy-v2` version 2. */
const PROXY_WORDS: Readonly<Record<string, ProxyProtocol>> = {
  '': 'off',
  false: 'off',
  no: 'off',
  off: 'off',
  '0': 'off',
  true: 'v1',
  yes: 'v1',
  on: 'v1',
  '1': 'v1',
  v1: 'v1',
  'send-proxy': 'v1',
  v2: 'v2',
  'send-proxy-v2': 'v2',
}

const readProxy: Read<ProxyProtocol> = (text) =>
  Object.hasOwn(PROXY_WORDS, text) ? PROXY_WORDS[text] : undefined

/**
 * Read the original's JSON object of strings, or name every field that is wrong. Nothing else in it is looked at. No text
 * of the caller's appears in a fault. An address left empty is the caller's own, as `homeport agent` leaves it; it is refused
 * where nobody knows that (`undefined`).
 */
export function readHookRequest(raw: unknown, caller: string | undefined): HookRequest | readonly Fault[] {
  const faults: Fault[] = []
  const fields = new Map<string, unknown>(typeof raw === 'object' && raw !== null ? Object.entries(raw) : [])
  const field = <Value>(
    key: string,
    read: Read<Value>,
    form: string,
    initial?: string,
  ): Value | undefined => {
    const text = fields.get(key) ?? initial
    const value = typeof text === 'string' ? read(text) : undefined
    if (value === undefined) faults.push({ path: `/${key}`, message: `must be ${form}` })
    return value
  }
  const name = field('name', readName, 'a DNS label of at most 63 letters, digits and dashes')
  const frontendPort = field('frontend-port', readPort, 'a port from 1 to 65535, as digits alone')
  const backendPort = field('backend-port', readPort, 'a port from 1 to 65535, as digits alone')
  const readAddress: Read<string> = (text) => (text === '' ? caller : canonicalAddress(text))
  const unlessLeftOut =
    caller === undefined
      ? ": the proxy's X-Forwarded-For does not tell the caller's"
      : ", or empty for the caller's own"
  const address = field('dst-ip', readAddress, `an IPv4 or IPv6 address${unlessLeftOut}`)
  const action = field('action', readAction, 'add or delete')
  const proxyProtocol = field('send-proxy', readProxy, 'true, false, v1, v2 or empty', '')
  if (
    name === undefined ||
    frontendPort === undefined ||
    backendPort === undefined ||
    address === undefined ||
    action === undefined ||
    proxyProtocol === undefined
  )
    return faults
  return { action, name, frontendPort, backendPort, address, proxyProtocol }
}
