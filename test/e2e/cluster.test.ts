import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import type { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { sharedCluster } from '../../src/testing/kubernetes/shared-cluster.ts'
import { until } from '../../src/testing/until.ts'

const IMAGE = 'homeport.test/echo:1'
const NODE_PORT = 30_080

/** A pod on node 1 that tells its callers who it is and whom it sees, behind a NodePort. */
const manifest = `
apiVersion: v1
kind: Pod
metadata: {name: echo, labels: {app: echo}}
spec:
  nodeName: node1
  containers: [{name: echo, image: '${IMAGE}', imagePullPolicy: Never}]
---
apiVersion: v1
kind: Service
metadata: {name: echo}
spec:
  type: NodePort
  selector: {app: echo}
  externalTrafficPolicy: Local
  ports: [{port: 80, targetPort: 8080, nodePort: ${NODE_PORT}}]
`

interface Node {
  readonly status: {
    readonly addresses: readonly { type: string; address: string }[]
  }
}

describe('the cluster', () => {
  const stack = new CleanupStack()
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await sharedCluster()
    const namespace = await cluster.namespace(stack.defer)
    await cluster.image(IMAGE, join(cluster.programs, 'echo'))
    await cluster.kubectl(['-n', namespace, 'apply', '-f', '-'], manifest)
  })
  afterAll(() => stack.release())

  it("is reached from outside by a node's external address", async () => {
    const { external } = await cluster.addresses(1)
    expect(await echoAt(external)).toBe(`echo sees ${cluster.clientAddress}\n`)
    expect(await nodeAddress('ExternalIP')).toBe(external)
  })

  it('cuts two machines off from each other, and no others', async () => {
    const { external } = await cluster.addresses(1)
    await cluster.cut('client', 'node1')
    await expect(call('client', external)).rejects.toThrow()
    expect(await call('edge', external)).toBe(`echo sees ${cluster.edgeAddress}\n`)
    await cluster.heal()
    expect(await echoAt(external)).toBe(`echo sees ${cluster.clientAddress}\n`)
  })

  it('gives a node another address under its running pods', async () => {
    const { external: old } = await cluster.addresses(1)
    const { external: moved } = await cluster.otherAddresses(1)
    await cluster.readdressNode(1, moved)
    expect(await echoAt(moved)).toBe(`echo sees ${cluster.clientAddress}\n`)
    await expect(call('client', old)).rejects.toThrow()
    expect(await nodeAddress('ExternalIP')).toBe(moved)
  })

  it('goes on without its API server', async () => {
    const { external } = await cluster.addresses(1)
    await cluster.stopApiServer('KILL')
    await expect(cluster.client.get('/readyz')).rejects.toThrow('ECONNREFUSED')
    expect(await call('client', external)).toBe(`echo sees ${cluster.clientAddress}\n`)
    await cluster.startApiServer()
    expect(await nodeAddress('ExternalIP')).toBe(external)
  })

  /** What the pod says to the client, as soon as it is there. */
  function echoAt(address: string): Promise<string> {
    return until(() => call('client', address), { what: `an answer at ${address}`, deadline: 60_000 })
  }

  function call(space: 'client' | 'edge', address: string): Promise<string> {
    return cluster.in(space, 'curl', ['-sS', '--max-time', '2', `http://${address}:${NODE_PORT}`])
  }

  async function nodeAddress(type: string): Promise<string | undefined> {
    const { status } = await cluster.client.get<Node>('/api/v1/nodes/node1')
    return status.addresses.find((address) => address.type === type)?.address
  }
})
