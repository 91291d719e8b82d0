import type { LocatedMap } from '../located.ts'
import type { Lowering } from './lowering.ts'
import { itemsOf, valueAt, withEntry, without } from './nodes.ts'

/**
 * An empty `entrypoint` is none, and not that of the image: what runs is the command, and that of the image is cleared too.
 * To Swarm and Kubernetes what is empty was not written.
 */
export function lowerEntrypoint(service: LocatedMap, name: string, lowering: Lowering): LocatedMap {
  const entrypoint = service.entries.get('entrypoint')
  if (entrypoint?.value.kind !== 'list' || entrypoint.value.items.length > 0) return service
  const command = service.entries.get('command')
  if (command && itemsOf(valueAt(service, 'command')).length > 0)
    return withEntry(without(service, 'command'), 'entrypoint', command)
  lowering.refuse(
    ['services', name, 'entrypoint'],
    entrypoint.place,
    'an empty entrypoint clears the command of the image too: nothing is left to run',
    'Write the command, or leave the entrypoint out.',
  )
  return service
}
