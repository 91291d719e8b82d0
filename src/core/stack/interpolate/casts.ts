import type { Scalar } from '../located.ts'

/** A text that variables were put into, as the type that its place in the stack wants; or why it can't be. */
export type Cast = (text: string) => Scalar | string

/** What Docker makes of text where it put variables in; `*` is any key, `[]` any item of a list. */
const CASTS: readonly (readonly [pattern: string, cast: Cast])[] = [
  ['services.*.configs.[].mode', toInt],
  ['services.*.secrets.[].mode', toInt],
  ['services.*.healthcheck.retries', toInt],
  ['services.*.healthcheck.disable', toBoolean],
  ['services.*.deploy.replicas', toInt],
  ['services.*.deploy.update_config.parallelism', toInt],
  ['services.*.deploy.update_config.max_failure_ratio', toFloat],
  ['services.*.deploy.rollback_config.parallelism', toInt],
  ['services.*.deploy.rollback_config.max_failure_ratio', toFloat],
  ['services.*.deploy.restart_policy.max_attempts', toInt],
  ['services.*.deploy.placement.max_replicas_per_node', toInt],
  ['services.*.ports.[].target', toInt],
  ['services.*.ports.[].published', toInt],
  ['services.*.ulimits.*', toInt],
  ['services.*.ulimits.*.hard', toInt],
  ['services.*.ulimits.*.soft', toInt],
  ['services.*.privileged', toBoolean],
  ['services.*.oom_score_adj', toInt],
  ['services.*.read_only', toBoolean],
  ['services.*.stdin_open', toBoolean],
  ['services.*.tty', toBoolean],
  ['services.*.volumes.[].read_only', toBoolean],
  ['services.*.volumes.[].volume.nocopy', toBoolean],
  ['networks.*.external', toBoolean],
  ['networks.*.internal', toBoolean],
  ['networks.*.attachable', toBoolean],
  ['volumes.*.external', toBoolean],
  ['secrets.*.external', toBoolean],
  ['configs.*.external', toBoolean],
]

const SPLIT = CASTS.map(([pattern, cast]) => ({ pattern: pattern.split('.'), cast }))

/** The cast for a place in the stack. As in Docker, a dot in a service's name hides the place. */
export function castFor(path: readonly string[]): Cast | undefined {
  if (path.length < 3) return undefined
  const parts = path.flatMap((key) => key.split('.'))
  return SPLIT.find(
    ({ pattern }) =>
      pattern.length === parts.length &&
      pattern.every((want, index) => want === '*' || want === parts[index]),
  )?.cast
}

function toInt(text: string): Scalar | string {
  const value = Number(text)
  if (/^[-+]?\d+$/.test(text) && Number.isSafeInteger(value)) return { form: 'int', value }
  return `${JSON.stringify(text)} is not a whole number`
}

function toFloat(text: string): Scalar | string {
  const value = Number(text)
  if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) && Number.isFinite(value))
    return { form: 'float', value }
  return `${JSON.stringify(text)} is not a number`
}

function toBoolean(text: string): Scalar | string {
  if (/^(y|yes|true|on)$/i.test(text)) return { form: 'bool', value: true }
  if (/^(n|no|false|off)$/i.test(text)) return { form: 'bool', value: false }
  return `invalid boolean: ${text}`
}
