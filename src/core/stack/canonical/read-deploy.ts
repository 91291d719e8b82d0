import type {
  CanonicalDeploy,
  CanonicalPlacement,
  CanonicalReservations,
  CanonicalResourceLimits,
  CanonicalUpdateConfig,
} from '../canonical-service.ts'
import { pathText } from '../place.ts'
import { readSize } from '../values/size.ts'
import { Fields } from './fields.ts'

/** A service's `deploy`. */
export function readDeploy(service: Fields): CanonicalDeploy {
  const deploy = service.below('deploy') ?? empty(service, 'deploy')
  const resources = deploy.below('resources')
  const policy = deploy.below('restart_policy')
  return {
    mode: deploy.text('mode'),
    replicas: deploy.whole('replicas'),
    labels: deploy.strings('labels'),
    update_config: updateConfig(deploy.below('update_config')),
    rollback_config: updateConfig(deploy.below('rollback_config')),
    resources: {
      limits: limits(resources?.below('limits')),
      reservations: reservations(resources?.below('reservations')),
    },
    restart_policy: policy && {
      condition: policy.text('condition'),
      delay: policy.duration('delay'),
      max_attempts: policy.whole('max_attempts'),
      window: policy.duration('window'),
    },
    placement: placement(deploy.below('placement') ?? empty(deploy, 'placement')),
    endpoint_mode: deploy.text('endpoint_mode'),
  }
}

function empty({ node, path, reading }: Fields, key: string): Fields {
  return new Fields({ kind: 'map', entries: new Map(), place: node.place }, [...path, key], reading)
}

function updateConfig(fields: Fields | undefined): CanonicalUpdateConfig | undefined {
  return (
    fields && {
      parallelism: fields.whole('parallelism'),
      delay: fields.duration('delay'),
      failure_action: fields.text('failure_action'),
      monitor: fields.duration('monitor'),
      max_failure_ratio: fields.float('max_failure_ratio'),
      order: fields.text('order'),
    }
  )
}

function limits(fields: Fields | undefined): CanonicalResourceLimits | undefined {
  return (
    fields && {
      cpus: fields.text('cpus'),
      memory: size(fields, 'memory'),
      pids: fields.whole('pids', Number.NEGATIVE_INFINITY) || undefined,
    }
  )
}

function reservations(fields: Fields | undefined): CanonicalReservations | undefined {
  if (!fields) return undefined
  const generic = fields.items('generic_resources').map(({ node, path }) => {
    const item = node.kind === 'map' ? new Fields(node, path, fields.reading) : undefined
    const spec = item?.below('discrete_resource_spec')
    return spec
      ? { kind: spec.text('kind') ?? '', value: spec.whole('value', Number.NEGATIVE_INFINITY) ?? 0 }
      : null
  })
  return { cpus: fields.text('cpus'), memory: size(fields, 'memory'), generic_resources: generic }
}

function size(fields: Fields, key: string): number | undefined {
  const text = fields.text(key)
  if (text === undefined) return undefined
  const bytes = readSize(text)
  if (bytes !== undefined) return bytes || undefined
  const path = [...fields.path, key]
  fields.error(
    fields.reading.places.of(path),
    path,
    `${pathText(path)}: invalid size: '${text}'`,
    'Write it like "512M".',
  )
  return undefined
}

function placement(fields: Fields): CanonicalPlacement {
  return {
    constraints: fields.texts('constraints'),
    preferences: fields.items('preferences').map(({ node, path }) => {
      const item = node.kind === 'map' ? new Fields(node, path, fields.reading) : undefined
      return { spread: item?.text('spread') }
    }),
    max_replicas_per_node: fields.whole('max_replicas_per_node') || undefined,
  }
}
