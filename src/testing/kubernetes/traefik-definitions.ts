import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { until } from '../until.ts'
import type { KubernetesClient, KubernetesObject } from './client.ts'

const run = promisify(execFile)

/** As test/cluster/assets.sh has it. */
const TRAEFIK = 'github.com/traefik/traefik/v3@v3.6.12'
const FILE = 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml'

/** What stacks are made of. */
const KINDS = ['middlewares', 'ingressroutes', 'ingressroutetcps', 'ingressrouteudps']

interface Definition extends KubernetesObject {
  readonly spec: { readonly names: { readonly plural: string } }
}

/** Teaches an API server Traefik's own kinds, from Traefik's own definitions. They stay: whoever comes next finds them there. */
export async function defineTraefik(client: KubernetesClient): Promise<void> {
  const { stdout } = await run('go', ['mod', 'download', '-json', TRAEFIK])
  const { Dir: folder }: { Dir: string } = JSON.parse(stdout)
  const documents = parseAllDocuments(await readFile(join(folder, FILE), 'utf8'))
  for (const definition of documents.map((document): Definition => document.toJS())) {
    const { plural } = definition.spec.names
    if (!KINDS.includes(plural)) continue
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`
    await client.raw('PATCH', `${path}?fieldManager=test&force=true`, {
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: JSON.stringify(definition),
    })
  }
  for (const kind of KINDS) await until(() => client.get(`/apis/traefik.io/v1alpha1/${kind}`))
}
