import type { CanonicalFileObject, CanonicalNetwork, CanonicalVolume } from '../canonical.ts'
import { extrasOf } from './extras.ts'
import { Fields } from './fields.ts'
import { absolutePath } from './host-path.ts'

export function readNetwork(name: string, network: Fields): CanonicalNetwork {
  const ipam = network.below('ipam')
  const subnets = ipam?.items('config').map(({ node, path }) => {
    const pool = node.kind === 'map' ? new Fields(node, path, network.reading) : undefined
    return pool?.text('subnet')
  })
  return {
    ...nameAndExternal('network', name, network),
    driver: network.text('driver'),
    driver_opts: network.strings('driver_opts'),
    ipam: ipam && { driver: ipam.text('driver'), subnets: subnets ?? [] },
    internal: network.flag('internal'),
    attachable: network.flag('attachable'),
    labels: network.strings('labels'),
    extras: extrasOf(network.node),
  }
}

export function readVolume(name: string, volume: Fields): CanonicalVolume {
  const read = {
    ...nameAndExternal('volume', name, volume),
    driver: volume.text('driver'),
    driver_opts: volume.strings('driver_opts'),
    labels: volume.strings('labels'),
    extras: extrasOf(volume.node),
  }
  const clash = [
    ['driver', read.driver !== undefined] as const,
    ['driver_opts', read.driver_opts.size > 0] as const,
    ['labels', read.labels.size > 0] as const,
  ].find(([, there]) => there && read.external)
  if (clash) {
    const detail = `conflicting parameters "external" and ${JSON.stringify(clash[0])} specified for volume ${JSON.stringify(name)}`
    const path = [...volume.path, clash[0]]
    volume.error(
      volume.reading.places.of(path),
      path,
      detail,
      `Remove "${clash[0]}": an external volume is there already.`,
    )
  }
  return read
}

/** A secret or a config. */
export function readFileObject(
  what: 'secret' | 'config',
  name: string,
  object: Fields,
  folder: string,
): CanonicalFileObject {
  const named = nameAndExternal(what, name, object)
  const driver = object.text('driver')
  const file = object.text('file')
  if (driver !== undefined && file !== undefined && !named.external) {
    const detail = `${what} ${name}: ${what}.driver and ${what}.file conflict; only use ${what}.driver`
    object.error(
      object.reading.places.of([...object.path, 'file']),
      [...object.path, 'file'],
      detail,
      'Remove "file".',
    )
  }
  return {
    ...named,
    file: named.external || driver !== undefined ? file : absolutePath(folder, file ?? ''),
    labels: object.strings('labels'),
    driver,
    driver_opts: object.strings('driver_opts'),
    template_driver: object.text('template_driver'),
    extras: extrasOf(object.node),
  }
}

/** `external: {name: X}` is the old way to write `external: true` and `name: X`. */
function nameAndExternal(
  what: string,
  key: string,
  fields: Fields,
): { name?: string | undefined; external: boolean } {
  const name = fields.text('name')
  const old = fields.below('external')
  const external = old !== undefined || fields.flag('external')
  const oldName = old?.text('name')
  if (oldName === undefined) return { name: name ?? (external ? key : undefined), external }
  const path = [...fields.path, 'external', 'name']
  const place = fields.reading.places.of(path)
  const remedy = `Write "external: true" and "name: ${oldName}".`
  if (name !== undefined) {
    const detail = `${what} ${key}: ${what}.external.name and ${what}.name conflict; only use ${what}.name`
    fields.error(place, path, detail, remedy)
  } else {
    const detail = `${what} ${key}: ${what}.external.name is deprecated in favor of ${what}.name`
    fields.reading.problems.warning(place, path, detail, remedy)
  }
  return { name: oldName, external }
}
