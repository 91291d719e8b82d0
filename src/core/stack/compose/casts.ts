import type { Cast } from '../interpolate/casts.ts'
import { matches } from './paths.ts'

/** What Compose makes of text at these places, whether variables were put in or not. */
const CASTS: readonly (readonly [cast: Cast, patterns: readonly string[]])[] = [
  [
    toInteger,
    [
      ...['cpu_count', 'cpu_period', 'cpu_quota', 'cpu_rt_period', 'cpu_rt_runtime', 'cpu_shares'],
      ...['deploy.replicas', 'deploy.update_config.parallelism', 'deploy.rollback_config.parallelism'],
      ...['deploy.restart_policy.max_attempts', 'deploy.placement.max_replicas_per_node'],
      ...['healthcheck.retries', 'oom_score_adj', 'pids_limit', 'ports.[].target', 'scale'],
      ...['ulimits.*', 'ulimits.*.hard', 'ulimits.*.soft'],
    ].map((path) => `services.*.${path}`),
  ],
  [
    toFloat,
    [
      ...['cpu_percent', 'cpus'],
      ...['deploy.update_config.max_failure_ratio', 'deploy.rollback_config.max_failure_ratio'],
    ].map((path) => `services.*.${path}`),
  ],
  [
    toBoolean,
    [
      ...[
        ...[
          'init',
          'healthcheck.disable',
          'oom_kill_disable',
          'privileged',
          'read_only',
          'stdin_open',
          'tty',
        ],
        ...['volumes.[].read_only', 'volumes.[].volume.nocopy'],
      ].map((path) => `services.*.${path}`),
      ...['external', 'internal', 'attachable', 'enable_ipv4', 'enable_ipv6'].map(
        (key) => `networks.*.${key}`,
      ),
      ...['volumes.*.external', 'secrets.*.external', 'configs.*.external'],
    ],
  ],
]

export function composeCast(path: readonly string[]): Cast | undefined {
  return CASTS.find(([, patterns]) => patterns.some((pattern) => matches(path, pattern)))?.[0]
}

function toInteger(text: string): ReturnType<Cast> {
  const value = Number(text)
  if (/^[-+]?\d+$/.test(text) && Number.isSafeInteger(value)) return { form: 'int', value }
  return `${JSON.stringify(text)} is not a whole number`
}

function toFloat(text: string): ReturnType<Cast> {
  const value = Number(text)
  if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) && Number.isFinite(value))
    return { form: 'float', value }
  return `${JSON.stringify(text)} is not a number`
}

function toBoolean(text: string): ReturnType<Cast> {
  if (/^(y|yes|true|on)$/i.test(text)) return { form: 'bool', value: true }
  if (/^(n|no|false|off)$/i.test(text)) return { form: 'bool', value: false }
  return `invalid boolean: ${text}`
}
