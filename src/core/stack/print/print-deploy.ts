import type {
  CanonicalDeploy,
  CanonicalPlacement,
  CanonicalReservations,
  CanonicalUpdateConfig,
} from '../canonical-service.ts'
import { anyDuration, nonZero, nonZeroDuration, some, someText } from './omit-empty.ts'
import { Fields } from './yaml-text.ts'

export function deployFields(deploy: CanonicalDeploy): Fields {
  const { limits, reservations } = deploy.resources
  const policy = deploy.restart_policy
  const resources = new Fields([
    [
      'limits',
      limits &&
        new Fields([
          ['cpus', someText(limits.cpus)],
          ['memory', sizeText(limits.memory)],
          ['pids', nonZero(limits.pids)],
        ]),
    ],
    ['reservations', reservations && reservationFields(reservations)],
  ])
  return new Fields([
    ['mode', someText(deploy.mode)],
    ['replicas', deploy.replicas],
    ['labels', some(deploy.labels)],
    ['update_config', updateFields(deploy.update_config)],
    ['rollback_config', updateFields(deploy.rollback_config)],
    ['resources', some(resources)],
    [
      'restart_policy',
      policy &&
        new Fields([
          ['condition', someText(policy.condition)],
          ['delay', anyDuration(policy.delay)],
          ['max_attempts', policy.max_attempts],
          ['window', anyDuration(policy.window)],
        ]),
    ],
    ['placement', some(placementFields(deploy.placement))],
    ['endpoint_mode', someText(deploy.endpoint_mode)],
  ])
}

function updateFields(config: CanonicalUpdateConfig | undefined): Fields | undefined {
  return (
    config &&
    new Fields([
      ['parallelism', config.parallelism],
      ['delay', nonZeroDuration(config.delay)],
      ['failure_action', someText(config.failure_action)],
      ['monitor', nonZeroDuration(config.monitor)],
      ['max_failure_ratio', nonZero(config.max_failure_ratio)],
      ['order', someText(config.order)],
    ])
  )
}

function reservationFields({ cpus, memory, generic_resources }: CanonicalReservations): Fields {
  const generic = generic_resources.map((one) => {
    const spec =
      one &&
      new Fields([
        ['kind', one.kind],
        ['value', one.value],
      ])
    return new Fields([['discrete_resource_spec', spec ?? undefined]])
  })
  return new Fields([
    ['cpus', someText(cpus)],
    ['memory', sizeText(memory)],
    ['generic_resources', some(generic)],
  ])
}

function placementFields({ constraints, preferences, max_replicas_per_node }: CanonicalPlacement): Fields {
  return new Fields([
    ['constraints', some(constraints)],
    ['preferences', some(preferences.map(({ spread }) => new Fields([['spread', someText(spread)]])))],
    ['max_replicas_per_node', nonZero(max_replicas_per_node)],
  ])
}

/** Docker prints sizes as text, in bytes. */
function sizeText(bytes: number | undefined): string | undefined {
  return bytes === undefined || bytes === 0 ? undefined : String(bytes)
}
