import { Cluster } from './cluster.ts'

/**
 * Where test/setup/cluster.ts tells the tests of its project which clusters are there for all of them: folders with commas
 * between them, as many as files run at a time.
 */
export const SHARED_CLUSTERS = 'HOMEPORT_TEST_CLUSTER'

/**
 * A cluster that many test files share, one after the other: those that run beside it have another one. Use a namespace of
 * your own, and leave its nodes with power and its network whole; a node's address may be another than at the start.
 */
export async function sharedCluster(): Promise<Cluster> {
  const folders = (process.env[SHARED_CLUSTERS] ?? '').split(',')
  // From 1 to the number of workers, of which each runs one file at a time.
  const folder = folders[Number(process.env['VITEST_POOL_ID'] ?? 1) - 1]
  if (!folder) throw new Error('There is no cluster here: these tests are run by `make e2e`.')
  return await Cluster.at(folder)
}
