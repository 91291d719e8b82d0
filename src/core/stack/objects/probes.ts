import type { Health } from '../model/service-model.ts'

/** Ready while it is well, and begun anew once it is ill: Swarm does both by the one check. */
export function probes(health: Health | undefined): Record<string, object> {
  if (health === undefined) return {}
  const exec = { command: health.command }
  const probe = {
    exec,
    periodSeconds: health.interval,
    timeoutSeconds: health.timeout,
    failureThreshold: health.retries,
  }
  const { start } = health
  return {
    readinessProbe: probe,
    // Docker asks for the first time when one interval is over.
    livenessProbe: start ? probe : { ...probe, initialDelaySeconds: health.interval },
    ...(start && {
      startupProbe: {
        exec,
        periodSeconds: start.interval,
        timeoutSeconds: health.timeout,
        failureThreshold: start.tries,
      },
    }),
  }
}
