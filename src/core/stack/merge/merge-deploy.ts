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
    mode: merging.later('mode', base.mode, over.mode),
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
    endpoint_mode: merging.later('endpoint_mode', base.endpoint_mode, over.endpoint_mode),
  }
}

function mergeUpdate(base: CanonicalUpdateConfig, over: CanonicalUpdateConfig, merging: Merging) {
  return {
    parallelism: merging.set('parallelism', base.parallelism, over.parallelism),
    delay: merging.later('delay', base.delay, over.delay),
    failure_action: merging.later('failure_action', base.failure_action, over.failure_action),
    monitor: merging.later('monitor', base.monitor, over.monitor),
    max_failure_ratio: merging.later('max_failure_ratio', base.max_failure_ratio, over.max_failure_ratio),
    order: merging.later('order', base.order, over.order),
  }
}

function mergeLimits(base: CanonicalResourceLimits, over: CanonicalResourceLimits, merging: Merging) {
  return {
    cpus: merging.later('cpus', base.cpus, over.cpus),
    memory: merging.later('memory', base.memory, over.memory),
    pids: merging.later('pids', base.pids, over.pids),
  }
}

function mergeReservations(base: CanonicalReservations, over: CanonicalReservations, merging: Merging) {
  return {
    cpus: merging.later('cpus', base.cpus, over.cpus),
    memory: merging.later('memory', base.memory, over.memory),
    generic_resources: merging.appended('generic_resources', base.generic_resources, over.generic_resources),
  }
}

function mergePolicy(base: CanonicalRestartPolicy, over: CanonicalRestartPolicy, merging: Merging) {
  return {
    condition: merging.later('condition', base.condition, over.condition),
    delay: merging.later('delay', base.delay, over.delay),
    max_attempts: merging.set('max_attempts', base.max_attempts, over.max_attempts),
    window: merging.later('window', base.window, over.window),
  }
}

function mergePlacement(
  base: CanonicalPlacement,
  over: CanonicalPlacement,
  merging: Merging,
): CanonicalPlacement {
  return {
    constraints: merging.appended('constraints', base.constraints, over.constraints),
    preferences: merging.appended('preferences', base.preferences, over.preferences),
    max_replicas_per_node: merging.later(
      'max_replicas_per_node',
      base.max_replicas_per_node,
      over.max_replicas_per_node,
    ),
  }
}
