import { readFile } from 'node:fs/promises'
import { parseAllDocuments } from 'yaml'
import type { Cluster } from './cluster.ts'

/** The Service by which the edge sees which nodes live, as the controller's manifest has it, but in this namespace. */
export async function createNodeHealth({ client }: Cluster, namespace: string): Promise<void> {
  const documents = parseAllDocuments(await readFile(MANIFEST, 'utf8'))
  const service = documents.find((document) => document.get('kind') === 'Service')?.toJS()
  const metadata = { ...service.metadata, namespace }
  await client.create(`/api/v1/namespaces/${namespace}/services`, { ...service, metadata })
}

const MANIFEST = new URL('../../../deploy/kubernetes/controller.yaml', import.meta.url)
