import type { CanonicalService } from '../canonical.ts'
import type { CanonicalUpdateConfig } from '../canonical-service.ts'
import type { Path } from '../place.ts'
import { wholeSeconds } from './duration.ts'
import type { Findings } from './findings.ts'
import { readRestart } from './restart.ts'
import type { Run, Update } from './service-model.ts'

/** What else is known of a service when it is decided how it runs. */
export interface RunFacts {
  /** It serves something, or somebody names it: then it is no task that ends. */
  readonly serves: boolean
  /** It has a port, or another names it: what asks for it finds it while it runs. */
  readonly reached: boolean
  /** It writes to a volume that stays, as what keeps data does. */
  readonly keeps: boolean
  /** It writes to a volume that one node at a time can have. */
  readonly oneWriter: boolean
}

/** The most retries that Kubernetes takes for a Job: Swarm's `on-failure` never gives up by itself. */
const FOR_EVER = 2_147_483_647

/** Whether a service is a Deployment, a DaemonSet or a Job, and how it is replaced by a new version of itself. */
export function readRun(service: CanonicalService, facts: RunFacts, path: Path, findings: Findings): Run {
  const { deploy } = service
  const at = [...path, 'deploy']
  const mode = deploy.mode ?? 'replicated'
  const replicas = deploy.replicas ?? 1
  const { policy, at: whence } = readRestart(service, path, findings)
  const condition = policy?.condition ?? 'any'
  if (!['any', 'on-failure', 'none'].includes(condition))
    findings.refuse(whence, `Swarm knows no condition ${condition}`, 'Write any, on-failure or none.')
  const isJob = mode === 'replicated-job' || (mode === 'replicated' && endsByItself(condition, facts))
  if (isJob && replicas > 0) {
    if (mode === 'replicated')
      findings.warn(
        whence,
        condition === 'none'
          ? 'it becomes a job, which is started once: not again when it ends, nor elsewhere when its node is lost'
          : 'it becomes a job, which is over once it has ended well',
        'Write condition: any where it is to go on for ever.',
      )
    const retries = condition === 'none' ? 0 : policy?.max_attempts || FOR_EVER
    return {
      kind: 'Job',
      tasks: replicas,
      atOnce: replicas,
      retries,
      stays: mode === 'replicated' && facts.reached,
    }
  }
  if (condition === 'on-failure' || (condition === 'none' && !isJob))
    findings.warn(
      whence,
      `Kubernetes starts the service again also after a good end, rather than ${condition}`,
      'Keep it running, or make it a job: deploy.mode: replicated-job.',
    )
  const update = readUpdate(deploy.update_config, facts.oneWriter, [...at, 'update_config'], findings)
  if (mode === 'global') return { kind: 'DaemonSet', update: { ...update, recreate: false } }
  if (mode !== 'replicated' && mode !== 'replicated-job')
    findings.refuse(
      [...at, 'mode'],
      `there is no ${mode} on Kubernetes`,
      'Write replicated, global or replicated-job.',
    )
  return { kind: 'Deployment', replicas, update }
}

/**
 * With `none` always; with `on-failure`, where nothing shows that the service stays to serve somebody or to keep something:
 * a database that is taken for a job is never done, and a change of it would be a second one on the same volume.
 */
function endsByItself(condition: string, { serves, keeps }: RunFacts): boolean {
  return condition === 'none' || (condition === 'on-failure' && !serves && !keeps)
}

function readUpdate(
  config: CanonicalUpdateConfig | undefined,
  recreate: boolean,
  path: Path,
  findings: Findings,
): Update {
  const startFirst = config?.order === 'start-first'
  if (startFirst && recreate)
    findings.warn(
      [...path, 'order'],
      'the new task cannot start first: both would write to one volume',
      'Write stop-first.',
    )
  const parallelism = config?.parallelism ?? 1
  const step = parallelism > 0 ? parallelism : '100%'
  return {
    maxUnavailable: startFirst ? 0 : step,
    maxSurge: startFirst ? step : 0,
    minReadySeconds: config?.delay === undefined ? 0 : Math.min(wholeSeconds(config.delay), 86_400),
    recreate,
  }
}
