import { hasStatus } from '../kubernetes/api-failed.ts'
import { ApiServer } from '../kubernetes/api-server.ts'
import { type Clock, systemClock } from '../kubernetes/clock.ts'
import { type KubeconfigOptions, kubeconfigAccess } from '../kubernetes/kubeconfig.ts'
import { list } from '../kubernetes/list.ts'
import { version } from '../version.ts'

/** A cluster that stacks run in. */
export interface StackCluster {
  readonly api: ApiServer
  readonly clock: Clock
  /** Ends what is under way. */
  readonly signal: AbortSignal
}

/** The cluster that kubectl would talk to with the same files. @throws Error where they name none */
export function openCluster(options: KubeconfigOptions, signal: AbortSignal): StackCluster {
  const api = new ApiServer({ access: kubeconfigAccess(options), userAgent: `homeport/${version} (stack)` })
  return { api, clock: systemClock, signal }
}

/** What is at a path; undefined where nothing is. */
export async function readIfThere({ api, signal }: StackCluster, path: string): Promise<unknown> {
  try {
    return await api.request({ method: 'GET', path, signal })
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
}

/** Everything in a collection that a selector of labels takes. */
export async function listAll(
  { api, signal }: StackCluster,
  path: string,
  labelSelector?: string,
): Promise<unknown[]> {
  const objects: unknown[] = []
  const query = labelSelector === undefined ? {} : { labelSelector }
  await list(api, { path, query, signal }, (object) => objects.push(object))
  return objects
}
