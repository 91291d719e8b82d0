import type { Refusal } from '../refusal.ts'
import type { Document } from './document.ts'
import type { HeldDocument } from './state.ts'

/**
 * Why a document is refused whose cluster has the name of another one that calls: two clusters that are set up alike have
 * owners of the same names, whose backends would be mixed. Once the other one has fallen silent (it was made anew, say) its
 * name is free.
 */
export function namesake(
  { cluster, clusterUid }: Pick<Document, 'cluster' | 'clusterUid'>,
  documents: Iterable<HeldDocument>,
): Refusal | undefined {
  if (clusterUid === undefined) return undefined
  for (const held of documents) {
    const isOther =
      held.cluster === cluster && held.clusterUid !== undefined && held.clusterUid !== clusterUid
    if (!isOther || held.lapsedAt !== undefined) continue
    const detail = `the phone ${held.phone} of a cluster ${cluster} with the uid ${held.clusterUid} calls too`
    return { code: 'cluster-taken', detail }
  }
  return undefined
}
