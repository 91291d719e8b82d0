import { describe, expect, it, onTestFinished } from 'vitest'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { StackCommands } from '../../src/testing/kubernetes/stack-commands.ts'

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
const CHANGED = STACK.replace('web:1', 'web:2')
  .replace('hunter2', 'hunter3')
  .replace(/ {4}ports.*\n/, '')

async function prepared(name?: string) {
  const server = await sharedApiServer()
  const stack = await StackCommands.prepare(onTestFinished, server, name)
  const { client } = server
  const deployment = stack.path('/apis/apps/v1', 'deployments/web')
  const imageOf = async () => {
    interface Deployment {
      readonly spec: {
        readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } }
      }
    }
    return (await client.get<Deployment>(deployment)).spec.template.spec.containers[0]?.image
  }
  return { server, client, stack, deployment, imageOf }
}

/** A namespace that somebody else has made. */
async function madeByHand() {
  const { client } = await sharedApiServer()
  const { metadata } = await client.create('/api/v1/namespaces', { metadata: { generateName: 'by-hand-' } })
  return await prepared(metadata.name)
}

describe.skipIf(noApiServer)('homeport stack deploy', () => {
  it('makes all of a stack, tells nothing secret, and the second time changes nothing', async () => {
    const { client, stack } = await prepared()
    const { code, out, err } = await stack.read('deploy', STACK)
    expect({ code, out: out.split('\n').slice(0, 4), summary: out.split('\n').at(-2) }).toEqual({
      code: 0,
      out: [
        `created    Namespace/${stack.name}`,
        'created    NetworkPolicy/open-web',
        'created    NetworkPolicy/stack',
        expect.stringMatching(/^created {4}Secret\/db-variables-/),
      ],
      summary: `${stack.name}: 10 created`,
    })
    expect(out + err).not.toMatch(/hunter2|aHVudGVyMg/)
    const versions = async () =>
      await Promise.all(
        [
          stack.path('/apis/apps/v1', 'deployments'),
          stack.path('/api/v1', 'services'),
          stack.path('/api/v1', 'secrets'),
          stack.path('/api/v1', 'persistentvolumeclaims'),
          stack.path('/apis/networking.k8s.io/v1', 'networkpolicies'),
        ].map(async (path) => {
          const { items } = await client.get<{ items: { metadata: { resourceVersion: string } }[] }>(path)
          return items.map(({ metadata }) => metadata.resourceVersion)
        }),
      )
    const before = await versions()
    expect((await stack.read('deploy', STACK)).out).toBe(`${stack.name}: 10 unchanged\n`)
    expect(await versions()).toEqual(before)
  })

  it('says with --dry-run what it would do, and does nothing', async () => {
    const { client, stack, imageOf } = await prepared()
    const fresh = await stack.read('deploy', STACK, '--dry-run')
    expect(fresh.out).toContain('nothing was done: 10 created')
    expect(fresh.err).toContain(`there is no namespace ${stack.name} yet`)
    expect(await client.exists(`/api/v1/namespaces/${stack.name}`)).toBe(false)
    await stack.read('deploy', STACK)
    const { out } = await stack.read('deploy', CHANGED, '--dry-run', '--prune', '--json')
    const { objects } = JSON.parse(out)
    expect(objects).toContainEqual({ kind: 'Deployment', name: 'web', action: 'changed' })
    expect(objects).toContainEqual({ kind: 'Service', name: 'web-published', action: 'removed' })
    expect(objects).toContainEqual({ kind: 'NetworkPolicy', name: 'stack', action: 'unchanged' })
    expect(await imageOf()).toBe('web:1')
  })

  it('deletes what the stack no longer has with --prune alone, and volumes only with --volumes', async () => {
    const { client, stack } = await prepared()
    const published = stack.path('/api/v1', 'services/web-published')
    const claim = stack.path('/api/v1', 'persistentvolumeclaims/data')
    await stack.read('deploy', STACK)
    const alien = { metadata: { name: 'alien', labels: { 'homeport.dev/stack': stack.name } } }
    await client.create(stack.path('/api/v1', 'configmaps'), alien)
    const without = CHANGED.replace(/ {4}volumes.*\n/, '').replace(/volumes: .*\n/, '')
    const { err } = await stack.read('deploy', without)
    expect(err).toContain('Service/web-published (--prune deletes them)')
    expect(err).toContain('PersistentVolumeClaim/data (--prune --volumes deletes them)')
    expect(await client.exists(published)).toBe(true)
    expect((await stack.read('deploy', without, '--prune')).out).toContain('removed    Service/web-published')
    expect(await client.exists(published)).toBe(false)
    expect((await client.get(claim)).metadata).not.toHaveProperty('deletionTimestamp')
    await stack.read('deploy', without, '--prune', '--volumes')
    expect((await client.get(claim)).metadata).toHaveProperty('deletionTimestamp')
    // It has the label, and was made by somebody else.
    expect(await client.exists(stack.path('/api/v1', 'configmaps/alien'))).toBe(true)
  })

  it('takes no field from others, names them all, and takes them with --force-conflicts', async () => {
    const { server, stack, imageOf } = await prepared()
    await stack.read('deploy', STACK)
    await server.kubectl(['-n', stack.name, 'set', 'image', 'deployment/web', 'web=theirs:1'])
    await server.kubectl(['-n', stack.name, 'scale', 'deployment/db', '--replicas', '3'])
    const refused = await stack.read('deploy', CHANGED)
    expect(refused.code).toBe(3)
    expect(refused.err).toContain('error stack-conflict')
    expect(refused.err).toMatch(/Deployment\/web: .*image belongs to kubectl-set/)
    expect(refused.err).toMatch(/Deployment\/db: \.spec\.replicas belongs to kubectl/)
    expect(await imageOf()).toBe('theirs:1')
    expect((await stack.read('deploy', CHANGED, '--force-conflicts')).code).toBe(0)
    expect(await imageOf()).toBe('web:2')
  })

  it('takes no object that somebody else made, and leaves a namespace to its maker', async () => {
    const { client, stack, imageOf } = await madeByHand()
    const config = { metadata: { name: 'web' }, spec: { selector: { app: 'theirs' }, ports: [{ port: 80 }] } }
    await client.create(stack.path('/api/v1', 'services'), config)
    const refused = await stack.read('deploy', STACK)
    expect(refused.err).toContain("Service/web is there already, and is not this stack's")
    await expect(imageOf()).rejects.toThrow(/404/)
    await client.delete(stack.path('/api/v1', 'services/web'))
    expect((await stack.read('deploy', STACK)).out).not.toContain('Namespace')
    expect((await client.get(`/api/v1/namespaces/${stack.name}`)).metadata.labels).not.toHaveProperty(
      'homeport.dev/stack',
    )
    const removed = await stack.run('rm', stack.name)
    expect({ code: removed.code, err: removed.err }).toMatchObject({
      code: 0,
      err: expect.stringContaining('data'),
    })
    expect(await client.exists(`/api/v1/namespaces/${stack.name}`)).toBe(true)
  })

  it('tells all that has to be there before it changes anything', async () => {
    const { client, stack } = await madeByHand()
    const text = `
services:
  web:
    image: web:1
    secrets: [key, cert]
    volumes: [data:/data]
secrets: {key: {external: true}, cert: {external: true}}
volumes: {data: {external: true}}
`
    await client.create(stack.path('/api/v1', 'secrets'), { metadata: { name: 'cert' }, data: { other: '' } })
    const { code, err } = await stack.read('deploy', text)
    expect(code).toBe(3)
    expect(err).toContain('error stack-needs')
    expect(err).toContain(
      `there is no Secret key in the namespace ${stack.name}, which Deployment/web uses: kubectl -n`,
    )
    expect(err).toContain(
      `the Secret cert in the namespace ${stack.name} has no cert, which Deployment/web uses`,
    )
    expect(err).toContain('there is no PersistentVolumeClaim data')
    expect(await client.exists(stack.path('/apis/apps/v1', 'deployments/web'))).toBe(false)
  })

  it('makes anew what cannot be changed, and replaces a workload of another kind at once', async () => {
    const { client, stack } = await prepared()
    await stack.read('deploy', STACK)
    const text = STACK.replace('image: db:1', 'image: db:1\n    deploy: {mode: global}').replace(
      '["8080:80"]',
      '[{target: 80, published: 8080, mode: host}]\n    deploy: {endpoint_mode: dnsrr}',
    )
    const { out, code, err } = await stack.read('deploy', text)
    expect({ code, err }).toMatchObject({ code: 0 })
    expect(out).toContain('recreated  Service/web\n')
    expect(out).toContain('removed    Deployment/db\n')
    expect(await client.exists(stack.path('/apis/apps/v1', 'daemonsets/db'))).toBe(true)
  })

  it('refuses what the data of a volume do not outlive', async () => {
    const { stack } = await prepared()
    await stack.read('deploy', STACK)
    const { code, err } = await stack.read(
      'deploy',
      STACK,
      '--shared-volumes',
      'ReadWriteMany',
      '--volume-size',
      '1Gi',
    )
    expect(code).toBe(3)
    expect(err).toMatch(
      /error cluster-refused.*\n- PersistentVolumeClaim\/data: .*immutable.*: give the volume another name/,
    )
  })
})

describe.skipIf(noApiServer)('homeport stack diff', () => {
  it('shows what would change, masks secrets, and ends with 1', async () => {
    const { stack } = await prepared()
    await stack.read('deploy', STACK)
    expect(await stack.read('diff', STACK)).toMatchObject({ code: 0, out: '' })
    const { code, out } = await stack.read('diff', CHANGED, '--prune')
    expect(code).toBe(1)
    expect(out).toContain('--- cluster/Deployment/web\n+++ stack/Deployment/web\n@@ ')
    expect(out).toMatch(/^- +image: web:1$/m)
    expect(out).toMatch(/^\+ +image: web:2$/m)
    expect(out).toContain('--- cluster/Service/web-published\n+++ /dev/null\n')
    expect(out).toContain('+  DB_PASSWORD: "***"\n')
    expect(out).not.toMatch(/hunter|aHVudGVy|managedFields|uid:/)
    const { differences } = JSON.parse((await stack.read('diff', CHANGED, '--json')).out)
    expect(differences).toContainEqual(
      expect.objectContaining({ kind: 'Deployment', name: 'web', change: 'change' }),
    )
  })

  it('ends with more than 1 where it fails', async () => {
    const { stack } = await prepared()
    stack.write(STACK)
    expect((await stack.run('diff', '-c', 'stack.yml', stack.name, '--context', 'nope')).code).toBe(2)
  })
})
