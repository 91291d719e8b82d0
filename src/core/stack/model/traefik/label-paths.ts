import type { CanonicalService } from '../../canonical.ts'
import type { Path } from '../../place.ts'

/** Where a label of a service stands in the canonical form. */
export function labelPath(service: CanonicalService, key: string, label: string): Path {
  const own = ['services', key]
  const small = label.toLowerCase()
  for (const name of service.deploy.labels.keys())
    if (name.toLowerCase() === small) return [...own, 'deploy', 'labels', name]
  for (const name of service.labels.keys()) if (name.toLowerCase() === small) return [...own, 'labels', name]
  return own
}
