import type { CanonicalReference } from '../canonical-service.ts'
import { Fields } from './fields.ts'

/** The secrets or configs that a service mounts: a name, or more about it. */
export function readReferences(service: Fields, key: 'secrets' | 'configs'): readonly CanonicalReference[] {
  return service.items(key).map(({ node, path }) => {
    service.reading.places.set(path, node.place)
    if (node.kind !== 'map') return { source: service.textOf(node, path) || undefined }
    const fields = new Fields(node, path, service.reading)
    return {
      source: fields.text('source'),
      target: fields.text('target'),
      uid: fields.text('uid'),
      gid: fields.text('gid'),
      mode: fields.whole('mode'),
    }
  })
}
