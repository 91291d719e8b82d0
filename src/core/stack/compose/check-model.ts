import { parseAddress } from '../../address/address.ts'
import type { Located, LocatedMap } from '../located.ts'
import type { Path } from '../place.ts'
import type { Problems } from '../problem.ts'
import { entriesOf, itemsOf, textAt, valueAt } from './nodes.ts'

/** What the schema lets through and Compose does not, of the parts by themselves. */
export function checkModel(tree: LocatedMap, problems: Problems): void {
  for (const [name, { value }] of entriesOf(valueAt(tree, 'volumes'))) checkExternal(value, name, problems)
  for (const section of ['configs', 'secrets'] as const)
    for (const [name, { value }] of entriesOf(valueAt(tree, section)))
      checkSource(value, section, name, problems)
  for (const [name, { value: service }] of entriesOf(valueAt(tree, 'services'))) {
    const path = ['services', name]
    checkPorts(service, path, problems)
    checkDevices(valueAt(service, 'gpus'), [...path, 'gpus'], problems)
    const devices = ['deploy', 'resources', 'reservations', 'devices']
    checkDevices(valueAt(service, ...devices), [...path, ...devices], problems)
    for (const [index, mount] of itemsOf(valueAt(service, 'volumes')).entries()) {
      if (textAt(mount, 'type') === 'bind' && textAt(mount, 'source') === undefined)
        problems.error(
          mount.place,
          [...path, 'volumes', index],
          'invalid mount config for type "bind": field Source must not be empty',
          'Add "source:", a path of the host.',
        )
      if (textAt(mount, 'target') === undefined)
        problems.error(
          mount.place,
          [...path, 'volumes', index],
          `service volume ${path.join('.')}.volumes.[${index}] is missing a mount target`,
          'Add "target:", a path in the container.',
        )
    }
  }
}

function checkExternal(volume: Located, name: string, problems: Problems): void {
  if (textAt(volume, 'external') !== 'true') return
  for (const [key, { place }] of entriesOf(volume)) {
    if (key === 'name' || key === 'external' || key.startsWith('x-')) continue
    const detail = `volumes.${name}: conflicting parameters "external" and ${JSON.stringify(key)} specified`
    problems.error(
      place,
      ['volumes', name, key],
      detail,
      `Remove "${key}": an external volume is there already.`,
    )
  }
}

function checkSource(
  object: Located,
  section: 'configs' | 'secrets',
  name: string,
  problems: Problems,
): void {
  const keys = section === 'configs' ? ['file', 'environment', 'content'] : ['file', 'environment']
  const given = keys.filter((key) => valueAt(object, key) !== undefined)
  const words = keys.join('|')
  if (given.length > 1)
    problems.error(
      object.place,
      [section, name],
      `${section}.${name}: ${words} attributes are mutually exclusive`,
      `Keep one of ${given.join(' and ')}.`,
    )
  if (
    given.length === 0 &&
    valueAt(object, 'driver') === undefined &&
    valueAt(object, 'external') === undefined
  )
    problems.error(
      object.place,
      [section, name],
      `${section}.${name}: one of ${words} must be set`,
      'Write file: PATH, or external: true.',
    )
}

function checkPorts(service: Located, path: Path, problems: Problems): void {
  for (const [index, port] of itemsOf(valueAt(service, 'ports')).entries()) {
    const at = [...path, 'ports', index]
    const address = textAt(port, 'host_ip')
    if (address !== undefined && !parseAddress(address))
      problems.error(
        port.place,
        at,
        `${path.join('.')}.ports.[]: invalid ip address: ${address}`,
        'Write an address of the host, or leave host_ip out.',
      )
    if (port.kind === 'map' && !port.entries.has('target'))
      problems.error(
        port.place,
        at,
        `service ports ${at.join('.')} is missing a target port`,
        'Add "target:", the port in the container.',
      )
  }
}

function checkDevices(devices: Located | undefined, path: Path, problems: Problems): void {
  for (const [index, device] of itemsOf(devices).entries()) {
    if (valueAt(device, 'count') && valueAt(device, 'device_ids'))
      problems.error(
        device.place,
        [...path, index],
        `${path.join('.')}.[]: "count" and "device_ids" attributes are exclusive`,
        'Keep one of the two.',
      )
  }
}
