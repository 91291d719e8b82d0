import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { middlewareNeeds, type Need, needs } from '../../src/core/stack/deploy/needs.ts'
import { collectionPath, STACK_KINDS } from '../../src/core/stack/deploy/stack-kinds.ts'
import { DEFAULT_OPTIONS } from '../../src/core/stack/model/options.ts'
import type { KubernetesObject } from '../../src/core/stack/objects/object.ts'
import { objectPath } from '../../src/core/stack/objects/object-path.ts'
import { renderStack } from '../../src/core/stack/render-stack.ts'
import { NEVER } from '../../src/kubernetes/within-time.ts'
import { deploy } from '../../src/stack/deploy.ts'
import { differences } from '../../src/stack/diff.ts'
import { makePlan } from '../../src/stack/plan.ts'
import { openCluster } from '../../src/stack/stack-cluster.ts'
import type { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import type { KubernetesClient } from '../../src/testing/kubernetes/client.ts'
import { removeUnnamespaced } from '../../src/testing/kubernetes/remove-unnamespaced.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { defineTraefik } from '../../src/testing/kubernetes/traefik-definitions.ts'
import { LINE, renderCase } from '../../src/testing/stack-case.ts'
import { sha256 } from '../../src/testing/stack-files.ts'
import { acceptedStacks } from '../corpus/corpus.ts'

const CASES = join(import.meta.dirname, '../cases/stack-objects')
const OPTIONS = { force: false, prune: true, volumes: false }

describe.skipIf(noApiServer)('every stack', () => {
  beforeAll(async () => defineTraefik((await sharedApiServer()).client))

  it.each(readdirSync(CASES))('%s is deployed, and the second time changes nothing', async (name) => {
    const [input = ''] = readFileSync(join(CASES, name), 'utf8').split(LINE)
    await expectQuiet((stackName) => renderCase(input, stackName).objects)
  })

  it.each(acceptedStacks())(
    '$name of the published stacks is deployed, and the second time changes nothing',
    async ({ folder, stack, files }) => {
      const options = { ...DEFAULT_OPTIONS, folder }
      await expectQuiet(
        (stackName) => renderStack({ stackName, stack, files, digest: sha256, options }).objects,
      )
    },
  )
})

async function expectQuiet(render: (stackName: string) => readonly KubernetesObject[]): Promise<void> {
  const server = await sharedApiServer()
  const namespace = await server.namespace(onTestFinished)
  const objects = render(namespace)
  if (objects.length === 0) return
  onTestFinished(() => removeUnnamespaced(server.client, objects))
  for (const need of needs(objects)) await make(server.client, need, namespace)
  const cluster = openCluster({ kubeconfig: server.kubeconfig }, NEVER)
  onTestFinished(() => cluster.api.close())
  const first = await deploy(cluster, objects, { ...OPTIONS, identity: 'one' })
  expect(first.done.map(({ action }) => action)).toEqual(objects.slice(1).map(() => 'created'))
  // And that the namespace is somebody else's.
  expect(first.warnings).toHaveLength(middlewareNeeds(objects).length + 1)
  const before = await versions(server, namespace)
  const second = await deploy(cluster, objects, { ...OPTIONS, identity: 'two' })
  expect(second.done.filter(({ action }) => action !== 'unchanged')).toEqual([])
  expect(second.left).toEqual([])
  expect(await versions(server, namespace)).toEqual(before)
  expect(differences(await makePlan(cluster, objects, { force: false }), [])).toEqual([])
}

/** Of each object that carries the stack's label. */
async function versions({ client }: ApiServer, namespace: string): Promise<string[]> {
  interface List {
    readonly items: readonly {
      readonly metadata: { readonly name: string; readonly resourceVersion: string }
    }[]
  }
  const all = await Promise.all(
    STACK_KINDS.map(async (kind) => {
      const path = `${collectionPath(kind, namespace)}?labelSelector=homeport.dev/stack%3D${namespace}`
      const { items } = await client.get<List>(path)
      return items.map(({ metadata }) => `${kind.kind}/${metadata.name} ${metadata.resourceVersion}`)
    }),
  )
  return all.flat()
}

/** What a stack needs beside itself, with whatever in it. */
async function make(client: KubernetesClient, { kind, name, keys }: Need, namespace: string): Promise<void> {
  const path = objectPath({ apiVersion: 'v1', kind, metadata: { name: '', namespace } }).replace(/\/$/, '')
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
  const object = {
    metadata: { name },
    ...(kind === 'PersistentVolumeClaim' && { spec }),
    ...((kind === 'Secret' || kind === 'ConfigMap') && {
      data: Object.fromEntries(keys.map((key) => [key, ''])),
    }),
  }
  await client.create(path, object)
}
