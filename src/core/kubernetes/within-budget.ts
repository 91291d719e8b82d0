import type { ClaimRequest } from '../../wire/claim.ts'
import { addressesOf, SERVICE_BUDGET } from './budget.ts'
import { type Frontend, portRef } from './ports-annotation.ts'
import { listed, type Problem } from './problem.ts'

/** The claims of as many frontends, in the order in which they are written, as one Service may have. */
export function withinBudget(
  frontends: readonly Frontend[],
  claimOf: (frontend: Frontend) => ClaimRequest | undefined,
): { claims: ClaimRequest[]; surplus: Frontend[] } {
  const claims: ClaimRequest[] = []
  const surplus: Frontend[] = []
  let addresses = 0
  for (const frontend of frontends) {
    const one = claims.length < SERVICE_BUDGET.claims ? claimOf(frontend) : undefined
    const isFull = claims.length === SERVICE_BUDGET.claims
    if (isFull || (one && addresses + addressesOf(one) > SERVICE_BUDGET.addresses)) surplus.push(frontend)
    else if (one) {
      claims.push(one)
      addresses += addressesOf(one)
    }
  }
  return { claims, surplus }
}

export function tooMany(surplus: readonly Frontend[]): Problem[] {
  if (surplus.length === 0) return []
  const ports = surplus.map(portRef)
  const message = `a Service may have ${SERVICE_BUDGET.claims} ports, with ${SERVICE_BUDGET.addresses} backends and ranges in all; beyond that are ${listed(ports.map(({ port }) => port))}`
  return [{ code: 'too-many-ports', message, ports }]
}
