import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_OPTIONS } from '../../src/core/stack/model/options.ts'
import type { KubernetesObject } from '../../src/core/stack/objects/object.ts'
import { objectPath } from '../../src/core/stack/objects/object-path.ts'
import { type RenderedStack, renderStack } from '../../src/core/stack/render-stack.ts'
import type { KubernetesClient } from '../../src/testing/kubernetes/client.ts'
import { removeUnnamespaced } from '../../src/testing/kubernetes/remove-unnamespaced.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { defineTraefik } from '../../src/testing/kubernetes/traefik-definitions.ts'
import { LINE, renderCase } from '../../src/testing/stack-case.ts'
import { sha256 } from '../../src/testing/stack-files.ts'
import { acceptedStacks } from '../corpus/corpus.ts'

const CASES = join(import.meta.dirname, '../cases/stack-objects')

describe.skipIf(noApiServer)('the objects of a stack', () => {
  beforeAll(async () => defineTraefik((await sharedApiServer()).client))

  it.each(readdirSync(CASES))(
    '%s: a real API server takes them, and the second time changes nothing',
    async (name) => {
      const [input = ''] = readFileSync(join(CASES, name), 'utf8').split(LINE)
      const { client, namespace } = await connected()
      const { objects } = renderCase(input, namespace)
      onTestFinished(() => removeUnnamespaced(client, objects))
      const claims = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim')
      const others = objects.filter((object) => !claims.includes(object))
      await applyAll(client, claims)
      // The API server itself writes a new claim once more when it is applied the second time, whatever is in it.
      const first = [await applyAll(client, others), await applyAll(client, claims)]
      expect([await applyAll(client, others), await applyAll(client, claims)]).toEqual(first)
    },
  )

  it.each(acceptedStacks())(
    '$name of the published stacks: a real API server would take them',
    async ({ folder, stack, files }) => {
      const { client, namespace } = await connected()
      const options = { ...DEFAULT_OPTIONS, folder }
      const { objects }: RenderedStack = renderStack({
        stackName: namespace,
        stack,
        files,
        digest: sha256,
        options,
      })
      for (const object of objects) await apply(client, object, '&dryRun=All')
    },
  )

  it('makes no request of a limit: nothing is reserved', async () => {
    const { client, namespace } = await connected()
    const limits = 'deploy: {resources: {limits: {cpus: "4", memory: "1073741824"}}}'
    const { objects } = renderCase(`services:\n  web: {image: web, ${limits}}\n`, namespace)
    const deployment = objects.find(({ kind }) => kind === 'Deployment')
    if (deployment === undefined) throw new Error('no Deployment was rendered')
    const { template } = JSON.parse(await applied(client, deployment, '&dryRun=All')).spec
    expect(template.spec.containers[0].resources.requests).toEqual({ cpu: '0', memory: '0' })
  })

  it('is asked strictly: what it does not know it refuses', async () => {
    const { client, namespace } = await connected()
    const { objects } = renderCase('services:\n  web: {image: web}\n', namespace)
    const service = objects.find(({ kind }) => kind === 'Service')
    if (service === undefined) throw new Error('no Service was rendered')
    await expect(apply(client, { ...service, nonsense: 1 }, '&dryRun=All')).rejects.toThrow(/nonsense/)
  })
})

async function connected() {
  const { client, namespace } = await sharedApiServer().then(async (server) => ({
    client: server.client,
    namespace: await server.namespace(onTestFinished),
  }))
  return { client, namespace }
}

/** Applies all, and gives their versions. */
async function applyAll(client: KubernetesClient, objects: readonly KubernetesObject[]): Promise<string[]> {
  const versions: string[] = []
  for (const object of objects) versions.push(`${objectPath(object)} ${await apply(client, object)}`)
  return versions
}

async function apply(client: KubernetesClient, object: KubernetesObject, query = ''): Promise<string> {
  return JSON.parse(await applied(client, object, query)).metadata.resourceVersion
}

/** Applies it, and gives what the API server makes of it. */
async function applied(client: KubernetesClient, object: KubernetesObject, query: string): Promise<string> {
  const path = `${objectPath(object)}?fieldManager=stack-test&force=true&fieldValidation=Strict${query}`
  const headers = { 'content-type': 'application/apply-patch+yaml' }
  const { status, text } = await client.raw('PATCH', path, { headers, body: JSON.stringify(object) })
  if (status >= 400) throw new Error(`${objectPath(object)}: ${status} ${text}`)
  return text
}
