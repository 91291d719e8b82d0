import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import type { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { startClusterController, startClusterEdge } from '../../src/testing/kubernetes/cluster-edge.ts'
import { handMadeStorage } from '../../src/testing/kubernetes/hand-made-storage.ts'
import { sharedCluster } from '../../src/testing/kubernetes/shared-cluster.ts'
import { StackCommands } from '../../src/testing/kubernetes/stack-commands.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'

const HOMEPORT = join(import.meta.dirname, '../../bin/homeport')
const IMAGE = 'homeport.test/echo:1'
const STORAGE = 'stack-test'
const PORT = 8120

const SHOP = `
services:
  web:
    image: ${IMAGE}
    command: [serve, ":8080"]
    ports: ["${PORT}:8080"]
    deploy: {replicas: 2}
  db:
    image: ${IMAGE}
    command: [serve, ":5432"]
    volumes: [data:/data]
  migrate:
    image: ${IMAGE}
    command: [lookup, db]
    deploy: {restart_policy: {condition: on-failure}}
volumes: {data: {}}
`

const BROKEN = `
services:
  unknown: {image: "registry.example.com/no/such:1"}
  crashing: {image: "${IMAGE}", command: [nonsense, x]}
  nowhere: {image: "${IMAGE}", deploy: {placement: {constraints: [node.hostname == nowhere]}}}
  thief: {image: "${IMAGE}", ports: ["${PORT}:8080"]}
`

interface Pod {
  readonly name: string
  readonly service: string
  readonly node: string
  readonly state: string
  readonly error: string
}

describe('a stack on a cluster', () => {
  const cleanup = new CleanupStack()
  let cluster: Cluster
  let shop: StackCommands

  beforeAll(async () => {
    cluster = await sharedCluster()
    await cluster.image(IMAGE, join(cluster.programs, 'echo'))
    await handMadeStorage(cleanup.defer, cluster, { name: STORAGE })
    const edge = await startClusterEdge(cleanup.defer, cluster)
    await startClusterController(cleanup.defer, cluster, edge)
    shop = await StackCommands.prepare(cleanup.defer, cluster, 'shop')
  })
  afterAll(() => cleanup.release())

  const deploy = (text: string) =>
    shop.read('deploy', text, '--storage-class', STORAGE, '--wait', '--timeout', '90s')
  const pods = async (): Promise<Pod[]> => JSON.parse((await shop.run('ps', 'shop', '--json')).out)

  it('is deployed, ready, and reached through the edge', async () => {
    const { code, err } = await deploy(SHOP)
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('shop is ready.') })
    const answer = await cluster.in('client', 'curl', ['-sS', `http://${cluster.edgeAddress}:${PORT}/hello`])
    const web = (await pods()).filter(({ service }) => service === 'web')
    expect(web.map(({ name }) => name)).toContain(answer.split(' ')[0])
    expect(web.map(({ node, state, error }) => [node, state, error])).toEqual([
      [expect.stringMatching(/^node/), 'Running', ''],
      [expect.stringMatching(/^node/), 'Running', ''],
    ])
    const { out } = await shop.run('services', 'shop')
    expect(out).toMatch(/^db +replicated +1\/1/m)
    expect(out).toMatch(/^migrate +replicated-job +1\/1/m)
    expect(out).toMatch(new RegExp(`^web +replicated +2/2 +${IMAGE} +\\*:${PORT}->8080/tcp$`, 'm'))
  })

  it('says what its pods say, in order, and follows those that come later', async () => {
    const { out } = await shop.run('logs', 'shop', 'web')
    expect(out).toMatch(/^web\.\S+ \| listening on :8080$/m)
    expect(out).toMatch(/^web\.\S+ \| GET \/hello from /m)
    expect(out).not.toContain('db.')
    expect((await shop.run('logs', 'shop', '--tail', '1', '--json')).out.trim().split('\n')).toHaveLength(4)
    const args = ['stack', 'logs', 'shop', 'web', '-f', '--tail', '1', '--kubeconfig', cluster.kubeconfig]
    const following = await startProcess(onTestFinished, HOMEPORT, args)
    await following.printed(/^web\./m)
    const before = new Set((await pods()).map(({ name }) => name))
    expect((await deploy(SHOP.replace('replicas: 2', 'replicas: 3'))).code).toBe(0)
    const added = (await pods()).find(({ name }) => !before.has(name))
    expect(added?.service).toBe('web')
    await following.printed(
      new RegExp(`^web\\.${added?.name.slice('web-'.length)} \\| listening on :8080$`, 'm'),
    )
    expect((await shop.run('services', 'shop')).out).toMatch(/^web +replicated +3\/3/m)
  })

  it('says of another one why it does not run, all at once', async () => {
    const broken = await StackCommands.prepare(onTestFinished, cluster, 'broken')
    const { code, err } = await broken.read('deploy', BROKEN, '--wait', '--timeout', '30s')
    expect(code).toBe(4)
    expect(err).toContain('error stack-not-ready: broken is not ready after')
    expect(err).toMatch(
      /- unknown, Pod\/unknown-\S+: (ErrImagePull|ImagePullBackOff): .*registry\.example\.com/,
    )
    expect(err).toMatch(
      /- crashing, Pod\/crashing-\S+: .*ended with exit code 1, started \d times?\n +\| echo: unknown command "nonsense"/,
    )
    expect(err).toMatch(/- nowhere, Pod\/nowhere-\S+: Unschedulable: 0\/2 nodes are available/)
    expect(err).toMatch(new RegExp(`- thief, Service/thief-published: PortTaken: .*${PORT}`))
    expect((await broken.run('ps', 'broken')).out).toMatch(/^crashing-.* exit code 1/m)
    expect((await broken.run('rm', 'broken')).code).toBe(0)
    expect(await cluster.client.exists('/api/v1/namespaces/broken')).toBe(false)
  })

  it('does not wait for what does not get better', async () => {
    const lone = await StackCommands.prepare(onTestFinished, cluster, 'lone')
    const text = 'services: {unknown: {image: "registry.example.com/no/such:1"}}'
    const { err } = await lone.read('deploy', text, '--wait', '--timeout', '170s')
    expect(err).toMatch(/Pod\/unknown-\S+: ImagePullBackOff/)
  })

  it('leaves its volumes when it is removed, and finds them again', async () => {
    const claim = shop.path('/api/v1', 'persistentvolumeclaims/data')
    const { metadata } = await cluster.client.get(claim)
    const removed = await shop.run('rm', 'shop')
    expect({ code: removed.code, err: removed.err }).toEqual({
      code: 0,
      err: expect.stringContaining('Volumes stay: PersistentVolumeClaim/data'),
    })
    expect(JSON.parse((await shop.run('ls', '--json')).out)).toContainEqual({ name: 'shop', services: 0 })
    await until(async () => (await cluster.kubectl(['-n', 'shop', 'get', 'pods', '-o', 'name'])) === '')
    expect((await deploy(SHOP)).code).toBe(0)
    expect((await cluster.client.get(claim)).metadata.uid).toBe(metadata.uid)
    expect((await shop.run('rm', 'shop', '--volumes')).code).toBe(0)
    expect(await cluster.client.exists('/api/v1/namespaces/shop')).toBe(false)
  })
})
