import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { startClusterEdge } from '../../src/testing/kubernetes/cluster-edge.ts'
import { sharedCluster } from '../../src/testing/kubernetes/shared-cluster.ts'
import { sceneImages } from '../../src/testing/scenes/images.ts'
import { SCENES, type Scene } from '../../src/testing/scenes/scene.ts'
import { FIRST, SECOND, Stage, type UsedWay } from '../../src/testing/scenes/stage.ts'

/** Milliseconds until the pods of a dead node are elsewhere: 16 to notice, 30 to evict, and then they start. */
const MOVED = 120_000

describe('pods that phone home, by the manifests of deploy/kubernetes', () => {
  const stack = new CleanupStack()
  const used = new Map<Scene, UsedWay[]>()
  let stage: Stage

  beforeAll(async () => {
    const cluster = await sharedCluster()
    await sceneImages(stack.defer, cluster)
    stage = new Stage(stack.defer, { cluster, edge: await startClusterEdge(stack.defer, cluster) })
    await cluster.kubectl(['cordon', `node${SECOND}`])
    stack.defer(async () => void (await cluster.kubectl(['uncordon', `node${SECOND}`])))
  })
  afterAll(() => stack.release())

  const waysOf = (scene: Scene) => used.get(scene) ?? []

  it.each(SCENES)('$title', async (scene) => {
    await stage.deploy(scene)
    used.set(scene, await stage.use(scene))
    await stage.forwardedTo(scene, FIRST)
  })

  it('go on when their node gets another address', async () => {
    const { cluster } = stage
    const { external } = await cluster.otherAddresses(FIRST)
    await cluster.readdressNode(FIRST, external)
    for (const scene of SCENES) await stage.forwardedTo(scene, FIRST)
    for (const scene of SCENES) await stage.answered(waysOf(scene))
  })

  it('go on when their node is lost, and they move to another one', async () => {
    const { cluster } = stage
    await cluster.kubectl(['uncordon', `node${SECOND}`])
    await cluster.stopNode(FIRST)
    stack.defer(() => cluster.startNode(FIRST))
    for (const scene of SCENES) await stage.movedTo(scene, SECOND, MOVED)
    for (const scene of SCENES) await stage.forwardedTo(scene, SECOND)
    for (const scene of SCENES) await stage.answered(waysOf(scene))
    expect(used.size).toBe(SCENES.length)
  })
})
