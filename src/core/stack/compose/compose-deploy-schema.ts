import { list, string } from '../schema/make-schema.ts'
import { integerText, listOfStrings, listOrMap, map, numberText } from './compose-schema-parts.ts'

const updateConfig = map({
  parallelism: integerText,
  delay: string,
  failure_action: string,
  monitor: string,
  max_failure_ratio: numberText,
  order: { ...string, oneOf: ['start-first', 'stop-first'] },
})

const deviceRequest = {
  capabilities: listOfStrings,
  count: integerText,
  device_ids: listOfStrings,
  driver: string,
  options: listOrMap,
}

/** Graphics cards and the like, as `gpus` has them. */
export const deviceRequests = list(map(deviceRequest))

export const deploy = map(
  {
    mode: string,
    endpoint_mode: string,
    replicas: integerText,
    labels: listOrMap,
    rollback_config: updateConfig,
    update_config: updateConfig,
    resources: map({
      limits: map({ cpus: numberText, memory: string, pids: integerText }),
      reservations: map({
        cpus: numberText,
        memory: string,
        generic_resources: list(map({ discrete_resource_spec: map({ kind: string, value: numberText }) })),
        devices: list(map(deviceRequest, { required: ['capabilities'] })),
      }),
    }),
    restart_policy: map({ condition: string, delay: string, max_attempts: integerText, window: string }),
    placement: map({
      constraints: list(string),
      preferences: list(map({ spread: string })),
      max_replicas_per_node: integerText,
    }),
  },
  { nullable: true },
)
