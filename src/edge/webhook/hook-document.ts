import type { DocumentRequest } from '../../wire/document.ts'
import type { Scope } from '../../wire/token.ts'
import type { Call, Identity } from '../edge-service.ts'
import type { HookRequest } from './hook-request.ts'

/** The cluster that callers of the original webhook are of, and the namespace of their owners. */
export const HOOK_CLUSTER = 'original'
const NAMESPACE = 'default'

const SCOPE: Scope = { role: 'phone', clusters: [HOOK_CLUSTER] }
const IDENTITY: Identity = { id: 'webhook', scope: SCOPE }

/**
 * Whose document a request is about. Each node has one of its own, so that two nodes with one name share the port instead
 * of overwriting each other.
 */
export function hookCall({ name, frontendPort, address }: HookRequest, caller: string | undefined): Call {
  // A name of a phone has no colons and ends with a letter or digit; an IPv6 address may end with `::`.
  const node = address.includes(':') ? `${address.replaceAll(':', '-')}.v6` : address
  return { identity: IDENTITY, cluster: HOOK_CLUSTER, phone: `${name}.${frontendPort}.${node}`, caller }
}

/** The request as the document of a phone. `ttl` is in seconds. */
export function hookDocument(request: HookRequest, ttl: number): DocumentRequest {
  const { name, frontendPort, backendPort, address, proxyProtocol } = request
  return {
    ttl,
    claims: [
      {
        owner: `${NAMESPACE}/${name}`,
        port: frontendPort,
        protocol: 'tcp',
        backends: [{ address, port: backendPort }],
        proxyProtocol,
      },
    ],
  }
}
