import { type DocumentKey, documentKey } from '../core/registry/document.ts'
import { documentBeyond } from '../core/registry/document-scope.ts'
import type { State } from '../core/registry/state.ts'
import { lacksCluster } from '../core/scope.ts'
import type { Call } from './edge-service.ts'
import { RequestRefused } from './request-refused.ts'

/**
 * The key of a document, once it is sure that this caller may write it.
 * @param tokenLives Whether a token still opens anything: the document of one that does not may be taken over.
 * @throws RequestRefused `token-unknown`, `outside-scope` or `document-of-another`
 */
export function openDocument(
  { identity, cluster, phone }: Call,
  state: State,
  tokenLives: (id: string) => boolean,
): DocumentKey {
  // Asked again: while a body arrived, or waited to be written, the token may have been revoked.
  if (!tokenLives(identity.id)) {
    throw new RequestRefused('token-unknown', `the token ${identity.id} is no longer good`)
  }
  refuseOtherClusters({ identity, cluster })
  const key = documentKey(cluster, phone)
  const held = state.documents.get(key)
  if (!held || held.identity === identity.id) return key
  if (tokenLives(held.identity)) {
    throw new RequestRefused(
      'document-of-another',
      `${key} was first written with the token ${held.identity}`,
    )
  }
  // A token that is no more leaves its document to whoever may claim all of it.
  const lack = documentBeyond(identity.scope, held)
  if (lack) throw new RequestRefused('outside-scope', `${key} claims more than the token opens: ${lack}`)
  return key
}

/** @throws RequestRefused `outside-scope` */
export function refuseOtherClusters({ identity, cluster }: Pick<Call, 'identity' | 'cluster'>): void {
  const lack = lacksCluster(identity.scope, cluster)
  if (lack) throw new RequestRefused('outside-scope', lack)
}
