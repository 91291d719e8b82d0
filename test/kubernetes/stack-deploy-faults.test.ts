import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NEVER } from '../../src/kubernetes/within-time.ts'
import { alone } from '../../src/stack/alone.ts'
import { openCluster } from '../../src/stack/stack-cluster.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { StackCommands } from '../../src/testing/kubernetes/stack-commands.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'

const HOMEPORT = join(import.meta.dirname, '../../bin/homeport')

/** Many services: there is time to be in the middle of them. */
function manyServices(image: string): string {
  const services = Array.from(
    { length: 60 },
    (_, index) => `  s${index}: {image: "${image}", ports: ["${9000 + index}:80"]}`,
  )
  return `services:\n${services.join('\n')}\n`
}

async function prepared() {
  const server = await sharedApiServer()
  return { server, client: server.client, stack: await StackCommands.prepare(onTestFinished, server) }
}

interface Deployments {
  readonly items: readonly {
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } }
    }
  }[]
}

describe.skipIf(noApiServer)('a deploy', () => {
  it('that is killed in the middle is mended by the next one', async () => {
    const { server, client, stack } = await prepared()
    stack.write(manyServices('app:1'))
    const args = [
      'stack',
      'deploy',
      '-c',
      join(stack.folder, 'stack.yml'),
      stack.name,
      '--kubeconfig',
      server.kubeconfig,
    ]
    const started = await startProcess(onTestFinished, HOMEPORT, args)
    const services = stack.path('/api/v1', 'services')
    await until(async () => (await client.get<Deployments>(services)).items.length > 0, {
      interval: 5,
      deadline: 60_000,
    })
    started.kill('SIGKILL')
    await started.exited
    const deployments = async () =>
      (await client.get<Deployments>(stack.path('/apis/apps/v1', 'deployments'))).items.length
    expect(await deployments()).toBeLessThan(60)
    const { code, out } = await stack.read('deploy', manyServices('app:1'))
    expect(code).toBe(0)
    expect(out).toMatch(/created, \d+ unchanged\n$/)
    expect(await deployments()).toBe(60)
  })

  it('beside another one waits for its turn: what is there is of one of the two', async () => {
    const { client, stack } = await prepared()
    await stack.read('deploy', manyServices('app:1'))
    const other = await StackCommands.prepare(() => {}, await sharedApiServer(), stack.name)
    const results = await Promise.all([
      stack.read('deploy', manyServices('app:2')),
      other.read('deploy', manyServices('app:3')),
    ])
    expect(results.map(({ code }) => code)).toEqual([0, 0])
    const { items } = await client.get<Deployments>(stack.path('/apis/apps/v1', 'deployments'))
    expect(new Set(items.map(({ spec }) => spec.template.spec.containers[0]?.image)).size).toBe(1)
  })

  it('does not wait for ever for another one, and says who that is', async () => {
    const { server, stack } = await prepared()
    await stack.read('deploy', 'services: {web: {image: web}}')
    const cluster = openCluster({ kubeconfig: server.kubeconfig }, NEVER)
    onTestFinished(() => cluster.api.close())
    const done = Promise.withResolvers<void>()
    const first = alone(cluster, stack.name, { identity: 'the first' }, () => done.promise)
    // The deploy before has left the Lease behind.
    const lease = stack.path('/apis/coordination.k8s.io/v1', 'leases/homeport-stack')
    const holder = async () =>
      (await server.client.get<{ spec: { holderIdentity?: string } }>(lease)).spec.holderIdentity
    await until(async () => (await holder()) === 'the first')
    const second = alone(cluster, stack.name, { identity: 'the second', patience: 1_000 }, async () => {})
    await expect(second).rejects.toMatchObject({
      code: 'stack-busy',
      message: expect.stringContaining('the first'),
    })
    done.resolve()
    await first
    await alone(cluster, stack.name, { identity: 'the third', patience: 10_000 }, async () => {})
  })

  it('that goes wrong half-way says what was done and what not, and the next one does the rest', async () => {
    const { client, stack } = await prepared()
    const name = stack.name
    const policies = '/apis/admissionregistration.k8s.io/v1'
    const match = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }
    const rule = {
      apiGroups: ['apps'],
      apiVersions: ['v1'],
      operations: ['CREATE'],
      resources: ['deployments'],
    }
    await client.create(`${policies}/validatingadmissionpolicies`, {
      metadata: { name },
      spec: {
        matchConstraints: { ...match, resourceRules: [rule] },
        // The rehearsal goes well, the performance does not.
        validations: [{ expression: 'request.dryRun', message: 'not today' }],
      },
    })
    onTestFinished(() => client.delete(`${policies}/validatingadmissionpolicies/${name}`))
    await client.create(`${policies}/validatingadmissionpolicybindings`, {
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'], matchResources: match },
    })
    onTestFinished(() =>
      client.raw('DELETE', `${policies}/validatingadmissionpolicybindings/${name}`).then(() => undefined),
    )
    const text =
      'services: {web: {image: web, labels: {homeport.dev/host: a.example.com, homeport.dev/port: "80"}}}'
    await client.create('/api/v1/namespaces', { metadata: { name } })
    // The API server needs a moment to know its new policy.
    const probe = {
      metadata: { name: 'x' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', image: 'x' }] } },
      },
    }
    await until(async () => {
      const { status } = await client.raw('POST', stack.path('/apis/apps/v1', 'deployments'), {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(probe),
      })
      if (status < 300) await client.delete(stack.path('/apis/apps/v1', 'deployments/x'))
      return status === 422
    })
    const half = await stack.read('deploy', text)
    expect(half.code).toBe(4)
    expect(half.err).toContain('error stack-incomplete')
    expect(half.err).toMatch(/- Deployment\/web: .*not today/)
    expect(half.err).toContain('done: NetworkPolicy/open-web, NetworkPolicy/stack, Service/web')
    expect(half.err).toContain('not tried: Ingress/web')
    await client.delete(`${policies}/validatingadmissionpolicybindings/${name}`)
    const mended = await until(async () => {
      const again = await stack.read('deploy', text)
      return again.code === 0 && again
    })
    expect(mended.out).toBe(
      `created    Deployment/web\ncreated    Ingress/web\n${name}: 2 created, 3 unchanged\n`,
    )
  })

  it('says what to install where the cluster does not know the kinds of a stack, and warns of what Traefik needs', async () => {
    const server = await ApiServer.start(onTestFinished)
    const stack = await StackCommands.prepare(onTestFinished, server)
    const labels = (rule: string) => `
services:
  web:
    image: web
    labels:
      traefik.http.routers.web.rule: ${rule}
      traefik.http.services.web.loadbalancer.server.port: "80"
`
    const refused = await stack.read('deploy', labels('Host(`a.example.com`) && Headers(`x`, `y`)'))
    expect(refused.code).toBe(3)
    expect(refused.err).toContain('error stack-needs')
    expect(refused.err).toMatch(/does not know IngressRoute of traefik\.io\/v1alpha1.*install Traefik 3/)
    expect(await server.client.exists(`/api/v1/namespaces/${stack.name}`)).toBe(false)
    const plain = await stack.read('deploy', labels('Host(`a.example.com`)'))
    expect(plain.code).toBe(0)
    expect(plain.err).toContain('warning: there is no middleware oauth in the namespace homeport')
  })
})
