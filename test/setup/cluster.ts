import { lackingForKubernetes } from '../../src/testing/kubernetes/programs.ts'

/** Builds what clusters consist of, before the first test starts one. Who asked for these tests wants them to run. */
export default async function prepareCluster(): Promise<void> {
  const lacking = await lackingForKubernetes('cluster')
  if (lacking) throw new Error(lacking)
}
