import type { CanonicalFileObject, CanonicalNetwork, CanonicalStack, CanonicalVolume } from '../canonical.ts'
import { inOrder } from '../go-order.ts'
import type { YamlMap } from '../yaml-value.ts'
import { some, someText, whenTrue } from './omit-empty.ts'
import { serviceFields } from './print-service.ts'
import { Fields, type Printable, yamlText } from './yaml-text.ts'

/** A stack as `docker stack config` prints it. */
export function printStack(stack: CanonicalStack): string {
  return yamlText(
    new Fields([
      ['version', stack.version],
      ['services', mapped(stack.services, serviceFields)],
      ['networks', some(mapped(stack.networks, networkFields))],
      ['volumes', some(mapped(stack.volumes, volumeFields))],
      ['secrets', some(mapped(stack.secrets, fileObjectFields))],
      ['configs', some(mapped(stack.configs, fileObjectFields))],
      ...stack.extras,
    ]),
  )
}

function mapped<Value>(map: ReadonlyMap<string, Value>, print: (value: Value) => Printable) {
  return new Map([...map].map(([name, value]) => [name, print(value)] as const))
}

function networkFields(network: CanonicalNetwork): Fields {
  const subnets = network.ipam?.subnets.map((subnet) => new Fields([['subnet', subnet]])) ?? []
  const ipam = new Fields([
    ['driver', someText(network.ipam?.driver)],
    ['config', some(subnets)],
  ])
  return new Fields([
    ['name', someText(network.name)],
    ['driver', someText(network.driver)],
    ['driver_opts', some(network.driver_opts)],
    ['ipam', some(ipam)],
    ['external', whenTrue(network.external)],
    ['internal', whenTrue(network.internal)],
    ['attachable', whenTrue(network.attachable)],
    ['labels', some(network.labels)],
    ...externalExtras(network),
  ])
}

function volumeFields(volume: CanonicalVolume): Fields {
  const spec = volume.extras.get('x-cluster-spec')
  return new Fields([
    ['name', someText(volume.name)],
    ['driver', someText(volume.driver)],
    ['driver_opts', some(volume.driver_opts)],
    ['external', whenTrue(volume.external)],
    ['labels', some(volume.labels)],
    ['x-cluster-spec', spec],
    ...externalExtras(volume).filter(([key]) => key !== 'x-cluster-spec'),
  ])
}

function fileObjectFields(object: CanonicalFileObject): Fields {
  return new Fields([
    ['name', someText(object.name)],
    ['file', someText(object.file)],
    ['external', whenTrue(object.external)],
    ['labels', some(object.labels)],
    ['driver', someText(object.driver)],
    ['driver_opts', some(object.driver_opts)],
    ['template_driver', someText(object.template_driver)],
    ...object.extras,
  ])
}

/** Docker loses the extras of networks and volumes that are not external. */
function externalExtras({ external, extras }: { external: boolean; extras: YamlMap }) {
  return external ? [...inOrder(extras)] : []
}
