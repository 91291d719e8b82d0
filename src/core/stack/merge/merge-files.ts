import type { CanonicalStack } from '../canonical.ts'
import { inOrder } from '../go-order.ts'
import { Places } from '../place.ts'
import { mergeService } from './merge-service.ts'

/** One file in canonical form, and where its values are. */
export interface ReadFile {
  readonly stack: CanonicalStack
  readonly places: Places
}

/**
 * Phase 5: several files as one, each over those before it, as Docker merges them. A network, volume, secret or config is
 * replaced whole; a service is merged key by key; the version and what begins with `x-` are the first file's.
 */
export function mergeFiles(files: readonly ReadFile[]): {
  stack: CanonicalStack | undefined
  places: Places
} {
  const [first, ...others] = files
  if (!first) return { stack: undefined, places: new Places() }
  return others.reduce(mergeTwo, first)
}

function mergeTwo(base: ReadFile, override: ReadFile): ReadFile {
  const places = base.places
  const replace = <Value>(
    key: 'networks' | 'volumes' | 'secrets' | 'configs',
    of: (file: ReadFile) => ReadonlyMap<string, Value>,
  ) => {
    for (const name of of(override).keys()) places.graft([key, name], override.places.below([key, name]))
    return inOrder([...of(base), ...of(override)])
  }
  const services = new Map(base.stack.services)
  for (const [name, service] of override.stack.services) {
    const below = override.places.below(['services', name])
    const there = services.get(name)
    const herePlaces = places.below(['services', name])
    if (there && herePlaces && below) services.set(name, mergeService(there, service, herePlaces, below))
    else {
      services.set(name, service)
      places.graft(['services', name], below)
    }
  }
  return {
    places,
    stack: {
      ...base.stack,
      services: inOrder(services),
      networks: replace('networks', ({ stack }) => stack.networks),
      volumes: replace('volumes', ({ stack }) => stack.volumes),
      secrets: replace('secrets', ({ stack }) => stack.secrets),
      configs: replace('configs', ({ stack }) => stack.configs),
    },
  }
}
