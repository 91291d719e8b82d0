import type { CanonicalService } from '../canonical.ts'
import type { CanonicalDeploy } from '../canonical-service.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'

/** When a service is started again, and where that is written. */
export interface Restart {
  readonly policy: CanonicalDeploy['restart_policy']
  readonly at: Path
}

/**
 * Docker's client says that it ignores `restart`, and makes a policy of it all the same where there is no other
 * (`convertRestartPolicy` of docker/cli). `no` is no policy to it, and a service without one is started again always.
 */
export function readRestart({ deploy, restart }: CanonicalService, path: Path, findings: Findings): Restart {
  const at = [...path, 'restart']
  const { restart_policy: policy } = deploy
  const [, kind = '', count] = /^([^:]*)(?::(\d{1,9}))?$/.exec(restart ?? '') ?? []
  if (policy !== undefined || restart === undefined) {
    if (restart !== undefined)
      findings.warn(at, 'restart is dropped: deploy.restart_policy counts', 'Leave it out.')
    return { policy, at: [...path, 'deploy', 'restart_policy', 'condition'] }
  }
  if (kind === 'no')
    findings.warn(
      at,
      'Swarm takes no heed of restart: no, and starts the service again whenever it ends',
      'Write deploy.restart_policy.condition: none where it is to run once.',
    )
  else if (!/^(always|unless-stopped|on-failure)$/.test(kind) || (count && kind !== 'on-failure'))
    findings.refuse(
      at,
      `there is no restart ${restart}`,
      'Write deploy.restart_policy.condition: any, on-failure or none.',
    )
  if (kind !== 'on-failure') return { policy, at }
  return { policy: { condition: kind, max_attempts: Number(count ?? 0) }, at }
}
