import type {
  CanonicalDeploy,
  CanonicalPlacement,
  CanonicalReservations,
  CanonicalResourceLimits,
  CanonicalRestartPolicy,
  CanonicalUpdateConfig,
} from '../canonical-service.ts'
import type { Merging } from './merging.ts'

export function mergeDeploy(base: CanonicalDeploy, over: CanonicalDeploy, merging: Merging): CanonicalDeploy {
  const resources = merging.below('resources')
  const [mine, theirs] = [base.resources, over.resources]
  return {
    ...merging.laterOf(base, over, ['mode', 'endpoint_mode']),
    replicas: merging.set('replicas', base.replicas, over.replicas),
    labels: merging.map('labels', base.labels, over.labels),
    update_config: merging.both('update_config', base.update_config, over.update_config, mergeUpdate),
    rollback_config: merging.both('rollback_config', base.rollback_config, over.rollback_config, mergeUpdate),
    resources: {
      limits: resources.both('limits', mine.limits, theirs.limits, mergeLimits),
      reservations: resources.both('reservations', mine.reservations, theirs.reservations, mergeReservations),
    },
    restart_policy: merging.both('restart_policy', base.restart_policy, over.restart_policy, mergePolicy),
    placement: mergePlacement(base.placement, over.placement, merging.below('placement')),
  }
}

function mergeUpdate(
  base: CanonicalUpdateConfig,
  over: CanonicalUpdateConfig,
  merging: Merging,
): CanonicalUpdateConfig {
  return {
    ...merging.laterOf(base, over, ['delay', 'failure_action', 'monitor', 'max_failure_ratio', 'order']),
    parallelism: merging.set('parallelism', base.parallelism, over.parallelism),
  }
}

function mergeLimits(base: CanonicalResourceLimits, over: CanonicalResourceLimits, merging: Merging) {
  return merging.laterOf(base, over, ['cpus', 'memory', 'pids'])
}

function mergeReservations(
  base: CanonicalReservations,
  over: CanonicalReservations,
  merging: Merging,
): CanonicalReservations {
  return {
    ...merging.laterOf(base, over, ['cpus', 'memory']),
    generic_resources: merging.appended('generic_resources', base.generic_resources, over.generic_resources),
  }
}

function mergePolicy(
  base: CanonicalRestartPolicy,
  over: CanonicalRestartPolicy,
  merging: Merging,
): CanonicalRestartPolicy {
  return {
    ...merging.laterOf(base, over, ['condition', 'delay', 'window']),
    max_attempts: merging.set('max_attempts', base.max_attempts, over.max_attempts),
  }
}

function mergePlacement(
  base: CanonicalPlacement,
  over: CanonicalPlacement,
  merging: Merging,
): CanonicalPlacement {
  return {
    ...merging.laterOf(base, over, ['max_replicas_per_node']),
    constraints: merging.appended('constraints', base.constraints, over.constraints),
    preferences: merging.appended('preferences', base.preferences, over.preferences),
  }
}
