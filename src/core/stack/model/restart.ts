import type { CanonicalService } from '../canonical.ts'
import type { CanonicalDeploy } from '../canonical-service.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'

/** When a service is started again, and where that is written. */
export interface Restart {
  readonly policy: CanonicalDeploy['restart_policy']
  readonly at: Path
}

const ALWAYS = {
  what: 'Swarm has no restart: without deploy.restart_policy a service is started again whenever it ends, as with this',
  remedy: 'Leave it out, or write deploy.restart_policy.condition: any.',
}

const MEANINGS: ReadonlyMap<string, { readonly what: string; readonly remedy: string }> = new Map([
  ['always', ALWAYS],
  ['unless-stopped', ALWAYS],
  [
    'on-failure',
    {
      what: 'Docker says that it ignores restart, and reads a condition on-failure from this all the same',
      remedy: 'Write deploy.restart_policy.condition: on-failure.',
    },
  ],
  [
    'no',
    {
      what: 'Swarm takes no heed of restart: no, and starts the service again whenever it ends',
      remedy: 'Write deploy.restart_policy.condition: none where it is to run once.',
    },
  ],
])

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
  const meaning = count && kind !== 'on-failure' ? undefined : MEANINGS.get(kind)
  if (meaning) findings.warn(at, meaning.what, meaning.remedy)
  else
    findings.refuse(
      at,
      `there is no restart ${restart}`,
      'Write deploy.restart_policy.condition: any, on-failure or none.',
    )
  if (kind !== 'on-failure') return { policy, at }
  return { policy: { condition: kind, max_attempts: Number(count ?? 0) }, at }
}
