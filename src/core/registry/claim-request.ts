import type { ClaimRequest } from '../../wire/claim.ts'
import { ownerInCluster } from '../owner.ts'
import type { Claim } from './document.ts'

/** A claim as its phone could have sent it: read again, it is the same claim. */
export function claimRequestOf({
  owner,
  port,
  protocol,
  backends,
  check,
  affinity,
  allow,
}: Claim): ClaimRequest {
  const proxyProtocol = backends[0]?.proxyProtocol ?? 'off'
  return {
    owner: ownerInCluster(owner),
    port,
    protocol,
    backends: backends.map((backend) => ({ address: backend.address, port: backend.port })),
    ...(proxyProtocol !== 'off' && { proxyProtocol }),
    check,
    ...(affinity && { affinity }),
    ...(allow && { allow: [...allow] }),
  }
}
