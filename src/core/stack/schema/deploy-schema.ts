import { listOrMap } from './common-schemas.ts'
import { duration, integer, list, map, number, since, string } from './make-schema.ts'

const updateConfig = map({
  parallelism: integer,
  delay: duration(),
  failure_action: string,
  monitor: duration(),
  max_failure_ratio: number,
  order: since(4, { ...string, oneOf: ['start-first', 'stop-first'] }),
})

const genericResources = list(map({ discrete_resource_spec: map({ kind: string, value: number }) }))

const resources = map({
  limits: map({ cpus: string, memory: string, pids: since(9, integer) }),
  reservations: map({ cpus: string, memory: string, generic_resources: since(5, genericResources) }),
})

const restartPolicy = map({
  condition: string,
  delay: duration(),
  max_attempts: integer,
  window: duration(),
})

const placement = map({
  constraints: list(string),
  preferences: since(3, list(map({ spread: string }))),
  max_replicas_per_node: since(8, integer),
})

export const deploySchema = map(
  {
    mode: string,
    endpoint_mode: since(2, string),
    replicas: integer,
    labels: listOrMap,
    rollback_config: since(7, updateConfig),
    update_config: updateConfig,
    resources,
    restart_policy: restartPolicy,
    placement,
  },
  { nullable: true },
)
