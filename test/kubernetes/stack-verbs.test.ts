import { describe, expect, it, onTestFinished } from 'vitest'
import { emptyNamespace } from '../../src/testing/kubernetes/empty-namespace.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { StackCommands } from '../../src/testing/kubernetes/stack-commands.ts'
import { until } from '../../src/testing/until.ts'

const STACK = `
services:
  web:
    image: web:1
    ports: ["8080:80"]
    volumes: [data:/data]
  db:
    image: db:1
    environment: {DB_PASSWORD: hunter2}
volumes: {data: {}}
`

async function prepared() {
  const server = await sharedApiServer()
  return { client: server.client, stack: await StackCommands.prepare(onTestFinished, server) }
}

describe.skipIf(noApiServer)('homeport stack deploy --wait', () => {
  it('says what does not become ready, all of it', async () => {
    const { stack } = await prepared()
    const { code, err } = await stack.read('deploy', STACK, '--wait', '--timeout', '1s')
    expect(code).toBe(4)
    expect(err).toContain('error stack-not-ready')
    expect(err).toContain('Deployment/db: not looked at yet')
    expect(err).toContain('PersistentVolumeClaim/data: NoStorageClass')
    expect(err).toContain('Service/web-published: NoController')
  })
})

describe.skipIf(noApiServer)('the stacks of a cluster', () => {
  it('are listed with their services, until they are removed', async () => {
    const { client, stack } = await prepared()
    await stack.read('deploy', STACK)
    const listed = async () => JSON.parse((await stack.run('ls', '--json')).out)
    expect(await listed()).toContainEqual({ name: stack.name, services: 2 })
    expect(JSON.parse((await stack.run('services', stack.name, '--json')).out)).toEqual([
      { name: 'db', mode: 'replicated', running: 0, wanted: 1, image: 'db:1', ports: [] },
      { name: 'web', mode: 'replicated', running: 0, wanted: 1, image: 'web:1', ports: ['*:8080->80/tcp'] },
    ])
    expect((await stack.run('ps', stack.name)).out).toMatch(/^NAME +IMAGE +NODE +DESIRED STATE/)
    expect((await stack.run('logs', stack.name, 'nope')).err).toContain('has no service nope: it has db, web')

    const removed = await stack.run('rm', stack.name)
    expect(removed.code).toBe(0)
    expect(removed.err).toContain('stays: it holds the volumes')
    expect(
      (await client.get(stack.path('/api/v1', 'persistentvolumeclaims/data'))).metadata,
    ).not.toHaveProperty('deletionTimestamp')
    // No controller takes the claim's finalizer off.
    const hanging = await stack.run('rm', stack.name, '--volumes', '--timeout', '1s')
    expect(hanging.code).toBe(4)
    expect(hanging.err).toContain('PersistentVolumeClaim/data: held by kubernetes.io/pvc-protection')
    await client.patch(stack.path('/api/v1', 'persistentvolumeclaims/data'), {
      metadata: { finalizers: null },
    })
    const last = stack.run('rm', stack.name, '--volumes')
    const ending = async () => {
      const { status } = await client.get<{ status: { phase: string } }>(`/api/v1/namespaces/${stack.name}`)
      return status.phase === 'Terminating'
    }
    await until(ending, { what: 'a namespace that ends' })
    await emptyNamespace(client, stack.name)
    expect((await last).code).toBe(0)
    expect(await listed()).not.toContainEqual(expect.objectContaining({ name: stack.name }))
    expect((await stack.run('rm', stack.name)).err).toContain('error stack-unknown')
  })

  it('leave a namespace in which somebody else has something', async () => {
    const { client, stack } = await prepared()
    await stack.read('deploy', 'services: {web: {image: web}}')
    await client.create(stack.path('/api/v1', 'configmaps'), { metadata: { name: 'theirs' } })
    const { code, err } = await stack.run('rm', stack.name)
    expect(code).toBe(0)
    expect(err).toContain("stays: it holds what is not the stack's: ConfigMap/theirs")
    expect(await client.exists(stack.path('/api/v1', 'configmaps/theirs'))).toBe(true)
  })
})
