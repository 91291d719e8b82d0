import { type Fields, objectField } from '../../../core/kubernetes/fields.ts'
import { ownedFields } from './live-object.ts'
import { ownedView, sameJson } from './owned-view.ts'

/** What the API server writes anew at each call, whether anything else changes or not. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['managedFields', 'resourceVersion', 'generation'])

/**
 * Whether an apply would leave an object as it is: each field of it, and whose they are.
 * @param after what the API server answers when it only pretends to apply
 */
export function isUnchanged(before: Fields, after: Fields): boolean {
  return sameJson(content(before), content(after)) && sameJson(ownedFields(before), ownedFields(after))
}

/** A Service that gets or loses an address of its own: the API server changes none, or only half. */
export function isRemade(before: Fields, wanted: Fields): boolean {
  return wanted['kind'] === 'Service' && isHeadless(before) !== isHeadless(wanted)
}

function isHeadless(service: Fields): boolean {
  return objectField(service, 'spec')['clusterIP'] === 'None'
}

/** What of an object is ours to say: without what others and the API server itself have put there. */
export function ours(raw: Fields): Fields {
  const view = ownedView(raw, ownedFields(raw) ?? {})
  const { apiVersion, kind } = raw
  const { name, namespace } = objectField(raw, 'metadata')
  const rest = typeof view === 'object' && view !== null ? view : {}
  const metadata = 'metadata' in rest ? rest.metadata : {}
  const known = { name, ...(namespace !== undefined && { namespace }) }
  return { apiVersion, kind, ...rest, metadata: { ...known, ...(typeof metadata === 'object' && metadata) } }
}

function content(raw: Fields): Fields {
  const metadata = Object.entries(objectField(raw, 'metadata')).filter(([key]) => !BOOKKEEPING.has(key))
  return { ...raw, metadata: Object.fromEntries(metadata) }
}
