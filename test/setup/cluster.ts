import type { TestProject } from 'vitest/node'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { lackingForKubernetes } from '../../src/testing/kubernetes/programs.ts'
import { BUILT, builtPrograms } from '../../src/testing/kubernetes/recipe-image.ts'
import { SHARED_CLUSTERS } from '../../src/testing/kubernetes/shared-cluster.ts'

/**
 * Starts a cluster for each of the project's workers, whose test files share it, unless the environment names one that is up
 * already; and builds the programs that they make images of. Who asked for these tests wants them to run.
 */
export default async function shareClusters({ config }: TestProject): Promise<() => Promise<void>> {
  // Debian keeps HAProxy where only root's PATH leads.
  process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  const lacking = await lackingForKubernetes('cluster', ['traefik'])
  if (lacking) throw new Error(lacking)
  const stack = new CleanupStack()
  try {
    const [built, given] = [await builtPrograms(stack.defer), process.env[SHARED_CLUSTERS]]
    process.env[BUILT] = built
    if (given) return () => stack.release()
    const starting = Array.from({ length: config.maxWorkers }, () => Cluster.start(stack.defer))
    process.env[SHARED_CLUSTERS] = (await Promise.all(starting)).map(({ folder }) => folder).join()
  } catch (error) {
    await stack.release()
    throw error
  }
  return () => stack.release()
}
