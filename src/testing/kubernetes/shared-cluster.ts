import { Cluster } from './cluster.ts'

/** Where test/setup/cluster.ts tells the tests of its project which cluster is there for all of them. */
export const SHARED_CLUSTER = 'HOMEPORT_TEST_CLUSTER'

/**
 * The cluster that all test files of the project share, one after the other. Use a namespace of your own, and leave its
 * nodes with power and its network whole; a node's address may be another than at the start.
 */
export async function sharedCluster(): Promise<Cluster> {
  const folder = process.env[SHARED_CLUSTER]
  if (!folder) throw new Error('There is no cluster here: these tests are run by `make e2e`.')
  return await Cluster.at(folder)
}
