import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from '../cleanup.ts'
import type { EdgeProcess } from '../edge-process.ts'
import { Caller } from '../kubernetes/caller.ts'
import type { Cluster } from '../kubernetes/cluster.ts'
import { emptyNamespace } from '../kubernetes/empty-namespace.ts'
import { until } from '../until.ts'
import type { Scene, Way } from './scene.ts'

const MANIFESTS = join(import.meta.dirname, '../../../deploy/kubernetes')

/** What the manifests have in the place of the edge's address. */
const EXAMPLE_ADDRESS = '203.0.113.5'

/** The node on which every scene begins, and the one that its pods move to. */
export const FIRST = 1
export const SECOND = 2

export interface StageParts {
  readonly cluster: Cluster
  readonly edge: EdgeProcess
}

/** A way with the client that uses it all the time. */
export interface UsedWay {
  readonly way: Way
  readonly caller: Caller
}

/** A cluster and an edge on which a scene is set up, all of it on the first node. */
export class Stage {
  readonly #defer: Defer
  readonly cluster: Cluster
  readonly edge: EdgeProcess

  constructor(defer: Defer, { cluster, edge }: StageParts) {
    this.#defer = defer
    this.cluster = cluster
    this.edge = edge
  }

  /** What a user does: a namespace, a token as a Secret, the manifests with the edge's address. Returns when all is ready. */
  async deploy(scene: Scene): Promise<void> {
    const { namespace, manifests, deployments, port } = scene
    const { client } = this.cluster
    await client.create('/api/v1/namespaces', { metadata: { name: namespace } })
    this.#defer(() => emptyNamespace(client, namespace))
    const token = await this.edge.token({ role: 'phone', namespaces: [namespace], ports: [`${port}`] })
    await client.create(`/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'homeport' },
      stringData: { token },
    })
    for (const name of manifests) {
      const manifest = await readFile(join(MANIFESTS, name), 'utf8')
      const filled = manifest.replaceAll(EXAMPLE_ADDRESS, this.cluster.edgeAddress)
      await this.kubectl(scene, ['apply', '-f', '-'], filled)
    }
    for (const name of deployments) {
      await this.kubectl(scene, ['rollout', 'status', `deployment/${name}`, '--timeout', '120s'])
    }
  }

  /** Clients that use every way from now on. Returns when each was answered. */
  async use(scene: Scene): Promise<UsedWay[]> {
    const used = scene.ways.map(async (way) => {
      const { kind, port, site } = way
      const options = { kind, port, interval: 100, ...(site !== undefined && { site }) }
      return { way, caller: await Caller.start(this.#defer, this.cluster, options) }
    })
    const ways = await Promise.all(used)
    await this.answered(ways)
    return ways
  }

  /** Waits until each was answered once more. */
  async answered(ways: readonly UsedWay[], deadline = 30_000): Promise<void> {
    await Promise.all(ways.map(({ way, caller }) => caller.answered(way.answer, deadline)))
  }

  /** Waits until the edge forwards the scene's port to that node, which is well. */
  async forwardedTo(scene: Scene, node: number, deadline = 30_000): Promise<void> {
    const { external } = await this.cluster.addresses(node)
    const isUp = async () => {
      const route = (await this.edge.routes()).find(({ port }) => port === scene.port)
      return route?.backends.some(({ address, health }) => address === external && health === 'up')
    }
    await until(isUp, { deadline, what: `port ${scene.port} going to ${external}` })
  }

  /** Waits until all pods of the scene are ready on that node. */
  async movedTo(scene: Scene, node: number, deadline = 120_000): Promise<void> {
    const here = async () => {
      const pods = await this.kubectl(scene, ['get', 'pods', '-o', PODS])
      const ready = pods.split('\n').filter((line) => line === `node${node} True `)
      return ready.length === scene.deployments.length
    }
    await until(here, { deadline, interval: 200, what: `pods of ${scene.namespace} on node${node}` })
  }

  async kubectl({ namespace }: Scene, args: readonly string[], input?: string): Promise<string> {
    return await this.cluster.kubectl(['-n', namespace, ...args], input)
  }
}

/** A line a pod: its node, whether it is ready, and since when it is being deleted. */
const PODS =
  'jsonpath={range .items[*]}{.spec.nodeName} {.status.conditions[?(@.type=="Ready")].status} {.metadata.deletionTimestamp}{"\\n"}{end}'
