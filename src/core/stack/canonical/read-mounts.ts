import type { CanonicalVolumeMount } from '../canonical-service.ts'
import type { Variables } from '../interpolate/substitute.ts'
import type { Path, Place } from '../place.ts'
import { Fields } from './fields.ts'
import { mountSource } from './host-path.ts'
import { readMountSpec } from './mount-spec.ts'

export interface MountRules {
  /** The folder of the first stack file, absolute. */
  readonly folder: string
  readonly variables: Variables
}

/** A service's `volumes`, short and long. */
export function readMounts(service: Fields, rules: MountRules): readonly CanonicalVolumeMount[] {
  const targets = new Map<string, Place>()
  return service.items('volumes').flatMap(({ node, path }) => {
    service.reading.places.set(path, node.place)
    const mount =
      node.kind === 'map'
        ? longMount(new Fields(node, path, service.reading))
        : shortMount(service, service.textOf(node, path), path, node.place)
    if (!mount) return []
    warnTwice(service, mount, targets, path, node.place)
    return resolved(service, mount, rules, path, node.place)
  })
}

function shortMount(
  service: Fields,
  spec: string,
  path: Path,
  place: Place,
): CanonicalVolumeMount | undefined {
  const read = readMountSpec(spec)
  if (typeof read === 'string') {
    service.error(place, path, read, 'Write "source:target" or "source:target:ro".')
    return undefined
  }
  if (read.ignored.length > 0) {
    const options = read.ignored.join(', ')
    service.reading.problems.warning(
      place,
      path,
      `the mount option ${options} does nothing in Swarm`,
      'Leave it out.',
    )
  }
  return read.mount
}

function longMount(mount: Fields): CanonicalVolumeMount {
  const bind = mount.below('bind')
  const volume = mount.below('volume')
  const tmpfs = mount.below('tmpfs')
  return {
    type: mount.text('type') ?? '',
    source: mount.text('source'),
    target: mount.text('target'),
    read_only: mount.flag('read_only'),
    consistency: mount.text('consistency'),
    bind: bind && { propagation: bind.text('propagation') },
    volume: volume && { nocopy: volume.flag('nocopy'), subpath: volume.text('subpath') },
    tmpfs: tmpfs && { size: tmpfs.whole('size') ?? 0 },
  }
}

function resolved(
  service: Fields,
  mount: CanonicalVolumeMount,
  { folder, variables }: MountRules,
  path: Path,
  place: Place,
) {
  if (mount.type !== 'bind') return [mount]
  if (mount.source !== undefined) return [{ ...mount, source: mountSource(mount.source, folder, variables) }]
  const detail = 'invalid mount config for type "bind": field Source must not be empty'
  service.error(place, path, detail, 'Add "source:", a path of the host.')
  return []
}

function warnTwice(
  service: Fields,
  { target }: CanonicalVolumeMount,
  targets: Map<string, Place>,
  path: Path,
  place: Place,
) {
  if (target === undefined) return
  const key = target.replace(/\/+$/, '')
  const first = targets.get(key)
  targets.set(key, place)
  if (!first) return
  const detail = `duplicate mount point: ${target} is mounted to already, at line ${first.line}`
  service.reading.problems.warning(place, path, detail, 'Keep one of the two: no container can have both.')
}
