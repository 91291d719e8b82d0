import { CleanupStack } from '../../src/testing/cleanup.ts'
import { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { lackingForKubernetes } from '../../src/testing/kubernetes/programs.ts'
import { BUILT, builtPrograms } from '../../src/testing/kubernetes/recipe-image.ts'
import { SHARED_CLUSTER } from '../../src/testing/kubernetes/shared-cluster.ts'

/**
 * Starts the cluster that the project's test files share, unless the environment names one that is up already, and builds
 * the programs that they make images of. Who asked for these tests wants them to run.
 */
export default async function shareCluster(): Promise<() => Promise<void>> {
  // Debian keeps HAProxy where only root's PATH leads.
  process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  const lacking = await lackingForKubernetes('cluster', ['traefik'])
  if (lacking) throw new Error(lacking)
  const stack = new CleanupStack()
  try {
    const [built, folder] = await Promise.all([
      builtPrograms(stack.defer),
      process.env[SHARED_CLUSTER] || Cluster.start(stack.defer).then((cluster) => cluster.folder),
    ])
    process.env[BUILT] = built
    process.env[SHARED_CLUSTER] = folder
  } catch (error) {
    await stack.release()
    throw error
  }
  return () => stack.release()
}
