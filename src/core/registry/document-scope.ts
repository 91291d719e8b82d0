import type { Scope } from '../../wire/token.ts'
import { parseAddress } from '../address/address.ts'
import { lacksCluster, outsideScope, type Wish } from '../scope.ts'
import type { Claim, Document } from './document.ts'

/** What a scope lacks to do with all of a document, the first thing only; undefined where it opens all of it. */
export function documentBeyond(
  scope: Scope,
  { cluster, claims }: Pick<Document, 'cluster' | 'claims'>,
): string | undefined {
  const lack = lacksCluster(scope, cluster)
  if (lack) return lack
  for (const claim of claims) for (const beyond of outsideScope(scope, wishOf(claim))) return beyond
  return undefined
}

function wishOf({ owner, port, protocol, backends }: Claim): Wish {
  const [cluster = '', namespace = ''] = owner.split('/')
  return {
    cluster,
    namespace,
    port,
    protocol,
    backends: backends.flatMap(({ address }) => parseAddress(address) ?? []),
  }
}
