import type { Awaited, ComposeService } from '../compose-facts.ts'
import type { Located, LocatedMap } from '../located.ts'
import { COMPOSE_SERVICE_KEYS } from './key-fates.ts'
import type { Lowering } from './lowering.ts'
import { entriesOf, itemsOf, textAt, valueAt } from './nodes.ts'
import { tell } from './tell-keys.ts'

/** What a service says that Swarm's form has no words for. */
export function readFacts(service: LocatedMap, name: string, lowering: Lowering): ComposeService {
  return {
    waits: readWaits(service, name, lowering),
    gpus: readGpus(service, name, lowering),
    groups: readGroups(service, name, lowering),
  }
}

function readWaits(service: LocatedMap, name: string, lowering: Lowering): Awaited[] {
  return entriesOf(valueAt(service, 'depends_on')).flatMap(([other, { value }]): Awaited[] => {
    const path = ['services', name, 'depends_on', other]
    const condition = textAt(value, 'condition')
    // What links and the like need is at one place, with the map around it; what somebody wrote is within it.
    const isWritten = valueAt(value, 'restart')?.place !== value.place
    if (isWritten) tell(value, path, 'restart', COMPOSE_SERVICE_KEYS['depends_on.restart'], lowering)
    const target = lowering.service(other)
    if (!target || (condition !== 'service_healthy' && condition !== 'service_completed_successfully'))
      return []
    if (condition === 'service_healthy' && !hasCheck(target))
      lowering.warn(
        path,
        value.place,
        `${other} has no health check that Kubernetes could see: it counts as healthy once it runs`,
        `Write healthcheck.test at ${other}; that of its image is not known here.`,
      )
    return [{ service: other, condition }]
  })
}

function hasCheck(service: Located): boolean {
  const check = valueAt(service, 'healthcheck')
  if (check === undefined || textAt(check, 'disable') === 'true') return false
  const test = itemsOf(valueAt(check, 'test'))
  return test.length > 1
}

/** Cards of NVIDIA, as its device plugin counts them: of `gpus`, and of the devices that are reserved. */
function readGpus(service: LocatedMap, name: string, lowering: Lowering): number {
  const reserved = ['deploy', 'resources', 'reservations', 'devices']
  const counts = [['gpus'], reserved].flatMap((keys) =>
    itemsOf(valueAt(service, ...keys)).map((device, index) =>
      countOf(device, ['services', name, ...keys, `${index}`], lowering),
    ),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

function countOf(device: Located, path: readonly string[], lowering: Lowering): number {
  const driver = textAt(device, 'driver') ?? 'nvidia'
  const capabilities = itemsOf(valueAt(device, 'capabilities')).flatMap((item) => textAt(item) ?? [])
  if (
    driver !== 'nvidia' ||
    (capabilities.length > 0 && !capabilities.some((one) => /^(gpu|nvidia)$/.test(one)))
  ) {
    lowering.refuse(
      path,
      device.place,
      `devices of ${driver} (${capabilities.join(', ')}) are given to pods by a device plugin`,
      'Install the device’s plugin, and run the service beside the stack.',
    )
    return 0
  }
  const ids = itemsOf(valueAt(device, 'device_ids'))
  const count = Number(textAt(device, 'count'))
  if (Number.isInteger(count) && ids.length === 0) return Math.max(0, count)
  const amount = Math.max(1, ids.length)
  lowering.warn(
    path,
    device.place,
    `the pod gets ${amount} of its node’s graphics cards, whichever are free`,
    'Write count: with how many it needs.',
  )
  return amount
}

function readGroups(service: LocatedMap, name: string, lowering: Lowering): number[] {
  return itemsOf(valueAt(service, 'group_add')).flatMap((node) => {
    const text = textAt(node) ?? ''
    if (/^\d{1,9}$/.test(text)) return [Number(text)]
    lowering.refuse(
      ['services', name, 'group_add', text],
      node.place,
      `Kubernetes knows no group ${text}: it takes numbers`,
      'Write the number that the group has in the image.',
    )
    return []
  })
}
