import { readFile } from 'node:fs/promises'
import { parseAllDocuments } from 'yaml'
import type { Defer } from '../cleanup.ts'
import type { Cluster } from './cluster.ts'

const MANIFEST = new URL('../../../deploy/kubernetes/controller.yaml', import.meta.url)

/**
 * The Service of the controller's manifest by which the edge sees which nodes live, in the namespace `default`. It may be there
 * already, for another controller.
 */
export async function applyNodeHealth(defer: Defer, cluster: Cluster): Promise<void> {
  const documents = parseAllDocuments(await readFile(MANIFEST, 'utf8'))
  const service = documents.find((document) => document.get('kind') === 'Service')?.toJS()
  const metadata = { ...service.metadata, namespace: 'default' }
  await cluster.apply(JSON.stringify({ ...service, metadata }))
  defer(() => cluster.kubectl(['delete', 'service', metadata.name, '--ignore-not-found']).then(() => {}))
}
