import type { ServiceKey, ServiceObject } from '../core/kubernetes/objects.ts'
import { readService } from '../core/kubernetes/read-service.ts'
import type { ServiceClaims } from '../core/kubernetes/service-claims.ts'
import type { ClaimRequest } from '../wire/claim.ts'
import { namespaceOf } from './namespace-sight.ts'

/** A Service of a namespace that may not be seen: it wants what these edges hold of it. */
export function unseenService(
  key: ServiceKey,
  edges: readonly string[],
  claims: readonly ClaimRequest[],
): [ServiceObject, ServiceClaims] {
  const namespace = namespaceOf(key)
  const service = readService({ metadata: { namespace, name: key.slice(namespace.length + 1) } })
  if (!service) throw new Error(`${key} is no Service's name`)
  return [service, { edges, claims, problems: [], unreadable: false }]
}
