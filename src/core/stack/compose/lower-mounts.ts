import type { Located, LocatedMap } from '../located.ts'
import { readSize } from '../values/size.ts'
import type { Lowering } from './lowering.ts'
import {
  fieldsNode,
  itemsOf,
  listNode,
  scalarNode,
  textAt,
  textNode,
  valueAt,
  withEntry,
  withValue,
} from './nodes.ts'

const SHARED_MEMORY = '/dev/shm'

/** The mounts of a service, with those that it takes from others, and with its shared memory. */
export function lowerMounts(service: LocatedMap, name: string, lowering: Lowering): LocatedMap {
  const own = mountsOf(name, service, lowering, [])
  const size = valueAt(service, 'shm_size')
  const hasOwn = own.some((mount) => textAt(mount, 'target') === SHARED_MEMORY)
  const memory = size && !hasOwn ? [sharedMemory(size)] : []
  const all = [...own, ...memory].map(plainMount)
  if (all.length === 0) return service
  const { place } = service.entries.get('volumes') ?? service
  return withEntry(service, 'volumes', { place, value: listNode(all, place) })
}

/** @param trail the services that take mounts on the way here: two may take each other's */
function mountsOf(
  name: string,
  service: Located,
  lowering: Lowering,
  trail: readonly string[],
): readonly Located[] {
  const own = itemsOf(valueAt(service, 'volumes'))
  const targets = new Set(own.map((mount) => textAt(mount, 'target')))
  const taken = itemsOf(valueAt(service, 'volumes_from')).flatMap((node) => {
    const [source = '', mode] = (textAt(node) ?? '').split(':')
    if (source === 'container') {
      if (trail.length === 0)
        lowering.refuse(
          ['services', name, 'volumes_from', mode ?? ''],
          node.place,
          `the mounts of the container ${mode} are not those of a service`,
          'Name the service that has them.',
        )
      return []
    }
    const other = lowering.service(source)
    if (!other || trail.includes(source)) return []
    const theirs = mountsOf(source, other, lowering, [...trail, name])
    return mode === 'ro' ? theirs.map((mount) => readOnly(mount, node)) : theirs
  })
  return [...own, ...taken.filter((mount) => !targets.has(textAt(mount, 'target')))]
}

function readOnly(mount: Located, { place }: Located): Located {
  const value = scalarNode({ form: 'bool', value: true }, place)
  return mount.kind === 'map' ? withEntry(mount, 'read_only', { place, value }) : mount
}

function sharedMemory(size: Located): Located {
  const { place } = size
  const text = (value: string) => textNode(value, place)
  return fieldsNode(
    { type: text('tmpfs'), target: text(SHARED_MEMORY), tmpfs: fieldsNode({ size }, place) },
    place,
  )
}

/** Sizes in bytes. */
function plainMount(mount: Located): Located {
  if (mount.kind !== 'map') return mount
  return withValue(mount, 'tmpfs', (node) =>
    node.kind === 'map'
      ? withValue(node, 'size', (size) =>
          scalarNode({ form: 'int', value: readSize(textAt(size) ?? '') ?? 0 }, size.place),
        )
      : node,
  )
}
