import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import type { KubernetesObject } from '../../src/core/stack/objects/object.ts'
import { objectPath } from '../../src/core/stack/objects/object-path.ts'
import type { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { renderCase } from '../../src/testing/stack-case.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'

const STACK = `# compose
services:
  web:
    image: web
    depends_on: {migrate: {condition: service_completed_successfully}}
  migrate: {image: migrate}
`

describe.skipIf(noApiServer)('what waits for the end of a job', () => {
  it('ends its waiting once the job is complete, and may ask for nothing else', async () => {
    const server = await sharedApiServer()
    const namespace = await server.namespace(onTestFinished)
    const { objects } = renderCase(STACK, namespace)
    const needed = ['ServiceAccount', 'Role', 'RoleBinding', 'Job']
    for (const object of objects.filter(({ kind }) => needed.includes(kind))) await apply(server, object)
    const job = named(objects, 'Job')
    const ask = await asking(server, namespace, objects)

    expect(ask('jobs', job.metadata.name)).toMatchObject({ code: '200', isOver: false })
    await complete(server, job)
    expect(ask('jobs', job.metadata.name)).toMatchObject({ code: '200', isOver: true })
    expect(ask('jobs', 'another').code).toBe('403')
    expect(ask('jobs', '').code).toBe('403')
  })
})

/** Runs what the init container runs, once, with its account's token, and the same for another name. */
async function asking(server: ApiServer, namespace: string, objects: readonly KubernetesObject[]) {
  const folder = await temporaryFolder(onTestFinished)
  const account = named(objects, 'ServiceAccount').metadata.name
  const { status } = JSON.parse(
    (
      await server.client.raw('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
        headers: { 'content-type': 'application/json' },
        body: '{"spec":{}}',
      })
    ).text,
  )
  await writeFile(join(folder, 'token'), status.token)
  const { cluster } = parse(await readFile(server.kubeconfig, 'utf8')).clusters[0]
  await writeFile(join(folder, 'ca.crt'), Buffer.from(cluster['certificate-authority-data'], 'base64'))
  const [script = ''] = /(?<=until ).*(?=; do sleep)/.exec(scriptOf(objects)) ?? []
  return (kind: string, name: string) => {
    const here = script
      .replaceAll('/var/run/secrets/homeport.dev/wait', folder)
      .replace('https://kubernetes.default.svc', cluster.server)
      .replace(/jobs\/[a-z0-9-]+/, `${kind}/${name}`)
      // As Kubernetes reads the command of a container.
      .replaceAll('$$(', '$(')
    const [call = ''] = here.split(' | ')
    const { stdout } = spawnSync('/bin/sh', ['-c', `${call} -o /dev/null -w '%{http_code}'`], {
      encoding: 'utf8',
    })
    return { code: stdout, isOver: spawnSync('/bin/sh', ['-c', here]).status === 0 }
  }
}

function scriptOf(objects: readonly KubernetesObject[]): string {
  const { spec } = JSON.parse(JSON.stringify(named(objects, 'Deployment')))
  return spec.template.spec.initContainers[0].command[2]
}

function named(objects: readonly KubernetesObject[], kind: string): KubernetesObject {
  const found = objects.find((object) => object.kind === kind)
  if (!found) throw new Error(`no ${kind} was rendered`)
  return found
}

/** As the controller of jobs says it. */
async function complete(server: ApiServer, job: KubernetesObject): Promise<void> {
  const time = '2026-01-01T00:00:00Z'
  const condition = (type: string) => ({
    type,
    status: 'True',
    lastProbeTime: time,
    lastTransitionTime: time,
  })
  const status = {
    startTime: time,
    completionTime: time,
    succeeded: 1,
    conditions: [condition('SuccessCriteriaMet'), condition('Complete')],
  }
  const answer = await server.client.raw('PATCH', `${objectPath(job)}/status`, {
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ status }),
  })
  expect(answer.status, answer.text).toBe(200)
}

async function apply({ client }: ApiServer, object: KubernetesObject): Promise<void> {
  const { status, text } = await client.raw('PATCH', `${objectPath(object)}?fieldManager=test&force=true`, {
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify(object),
  })
  expect(status, text).toBeLessThan(300)
}
