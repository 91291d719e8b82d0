import type { CanonicalHealthcheck } from '../canonical-service.ts'
import type { Path } from '../place.ts'
import { wholeSeconds } from './duration.ts'
import { escapeReferences } from './escape.ts'
import type { Findings } from './findings.ts'
import type { Health } from './service-model.ts'

/** Docker's own defaults, in seconds and tries: https://docs.docker.com/reference/dockerfile/#healthcheck */
const INTERVAL = 30
const TIMEOUT = 30
const RETRIES = 3
const START_INTERVAL = 5

/** What asks whether a service is well. Kubernetes never knows of the image's own check. */
export function readHealthcheck(
  check: CanonicalHealthcheck | undefined,
  path: Path,
  findings: Findings,
): Health | undefined {
  if (check === undefined || check.disable || check.test[0] === 'NONE') return undefined
  const command = readTest(check.test)
  if (command === undefined) {
    findings.warn(
      [...path, 'healthcheck'],
      "the image's own health check is not known to Kubernetes, and so not made",
      "Write its command as the check's test.",
    )
    return undefined
  }
  const interval = secondsOr(check.interval, INTERVAL)
  const retries = check.retries || RETRIES
  return {
    command: command.map(escapeReferences),
    interval,
    timeout: secondsOr(check.timeout, TIMEOUT),
    retries,
    start: readStart(check, interval * retries),
  }
}

/** @param after seconds that a service may be ill before it is ended: those count from the end of the start period. */
function readStart(check: CanonicalHealthcheck, after: number): Health['start'] {
  const period = secondsOr(check.start_period, 0)
  if (period === 0) return undefined
  const interval = secondsOr(check.start_interval, START_INTERVAL)
  return { interval, tries: Math.ceil((period + after) / interval) }
}

function readTest([kind, ...rest]: readonly string[]): string[] | undefined {
  if (rest.length === 0) return undefined
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', rest.join(' ')]
  return kind === 'CMD' ? rest : undefined
}

/** Docker takes 0 for what it does by itself. Kubernetes counts in 32 bits. */
function secondsOr(duration: bigint | undefined, otherwise: number): number {
  if (duration === undefined || duration <= 0n) return otherwise
  return Math.min(wholeSeconds(duration), 1_000_000)
}
