import { CleanupStack } from '../../src/testing/cleanup.ts'
import { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { lackingForKubernetes } from '../../src/testing/kubernetes/programs.ts'
import { SHARED_CLUSTER } from '../../src/testing/kubernetes/shared-cluster.ts'

/**
 * Starts the cluster that the project's test files share, unless the environment names one that is up already; builds what
 * it consists of before. Who asked for these tests wants them to run.
 */
export default async function shareCluster(): Promise<(() => Promise<void>) | undefined> {
  // Debian keeps HAProxy where only root's PATH leads.
  process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  const lacking = await lackingForKubernetes('cluster', ['traefik'])
  if (lacking) throw new Error(lacking)
  if (process.env[SHARED_CLUSTER]) return undefined
  const stack = new CleanupStack()
  try {
    process.env[SHARED_CLUSTER] = (await Cluster.start(stack.defer)).folder
  } catch (error) {
    await stack.release()
    throw error
  }
  return () => stack.release()
}
