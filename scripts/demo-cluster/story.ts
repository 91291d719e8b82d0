import type { Defer } from '../../src/testing/cleanup.ts'
import { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { startClusterEdge } from '../../src/testing/kubernetes/cluster-edge.ts'
import { lackingForKubernetes } from '../../src/testing/kubernetes/programs.ts'
import { sceneImages } from '../../src/testing/scenes/images.ts'
import { SCENES, type Scene } from '../../src/testing/scenes/scene.ts'
import { FIRST, SECOND, Stage, type UsedWay } from '../../src/testing/scenes/stage.ts'
import { duration, type Transcript } from '../demo/transcript.ts'

interface Telling {
  readonly transcript: Transcript
  readonly stage: Stage
  /** The clients of every scene that was set up so far. */
  readonly used: Map<Scene, readonly UsedWay[]>
}

/** Milliseconds until the pods of a dead node are elsewhere: 16 to notice, 30 to evict, and then they start. */
const MOVED = 180_000

/** Three ways of phoning home, on a cluster whose nodes come and go. @throws at the first step that fails. */
export async function tellClusterStory(defer: Defer, transcript: Transcript): Promise<readonly string[]> {
  transcript.say(
    'A real Kubernetes (API server, kubelets, kube-proxy, containerd) on this machine, whose nodes are networks of their own.',
    'Outside of it, each a network of its own: the edge, with HAProxy and `homeport edge`, and a client. Nothing is pulled.',
  )
  const stage = await startEverything(defer, transcript)
  const telling = { transcript, stage, used: new Map<Scene, readonly UsedWay[]>() }
  for (const scene of SCENES) await setUp(telling, scene)
  await readdress(telling)
  await losePower(telling)
  return thingsToTry(stage)
}

async function startEverything(defer: Defer, transcript: Transcript): Promise<Stage> {
  transcript.chapter('A cluster starts, and an edge outside of it')
  const lacking = await lackingForKubernetes('cluster', ['traefik'])
  if (lacking) throw new Error(lacking)
  const cluster = await transcript.step('two nodes are Ready, cluster DNS answers', () =>
    Cluster.start(defer),
  )
  await transcript.step('images: homeport agent, Mosquitto, Traefik, a shop', () =>
    sceneImages(defer, cluster),
  )
  const edge = await transcript.step(`homeport edge serves at ${cluster.edgeAddress}`, () =>
    startClusterEdge(defer, cluster),
  )
  // Everything begins on the node that will fail.
  await cluster.kubectl(['cordon', `node${SECOND}`])
  return new Stage(defer, { cluster, edge })
}

async function setUp({ transcript, stage, used }: Telling, scene: Scene): Promise<void> {
  const { title, namespace, manifests, port } = scene
  const { external } = await stage.cluster.addresses(FIRST)
  transcript.chapter(title)
  await transcript.step(
    `kubectl -n ${namespace} apply -f ${manifests.join(' -f ')}: the pods are ready on node${FIRST}`,
    () => stage.deploy(scene),
  )
  await transcript.step(`its phone has called: the edge forwards port ${port} to ${external}`, () =>
    stage.forwardedTo(scene, FIRST),
  )
  await transcript.step(
    `a client is answered through ${stage.cluster.edgeAddress}: ${scene.ways.map(({ what }) => what).join(', ')}`,
    async () => used.set(scene, await stage.use(scene)),
  )
}

async function readdress({ transcript, stage, used }: Telling): Promise<void> {
  const { cluster } = stage
  const { external: old } = await cluster.addresses(FIRST)
  const { external } = await cluster.otherAddresses(FIRST)
  transcript.chapter(`The provider gives node${FIRST} another address`)
  const since = Date.now()
  await transcript.step(`it is ${external} now, and ${old} is gone; nobody told the phones or the edge`, () =>
    cluster.readdressNode(FIRST, external),
  )
  for (const scene of SCENES) {
    await transcript.step(`port ${scene.port} goes to ${external}`, () => stage.forwardedTo(scene, FIRST))
  }
  await tellOutages({ transcript, stage, used }, since)
}

async function losePower({ transcript, stage, used }: Telling): Promise<void> {
  const { cluster } = stage
  transcript.chapter(`node${FIRST} loses power, with all that runs on it`)
  await cluster.kubectl(['uncordon', `node${SECOND}`])
  const since = Date.now()
  await transcript.step(`node${FIRST} is dead: its phones did not say good-bye`, () =>
    cluster.stopNode(FIRST),
  )
  for (const scene of SCENES) {
    const what = `Kubernetes has moved the pods of "${scene.namespace}" to node${SECOND}`
    await transcript.step(what, () => stage.movedTo(scene, SECOND, MOVED))
  }
  const { external } = await cluster.addresses(SECOND)
  for (const scene of SCENES) {
    await transcript.step(`port ${scene.port} goes to ${external}`, () => stage.forwardedTo(scene, SECOND))
  }
  await tellOutages({ transcript, stage, used }, since)
}

/** What the clients have seen since then, once they are all answered again. */
async function tellOutages({ transcript, stage, used }: Telling, since: number): Promise<void> {
  const ways = [...used.values()].flat()
  await transcript.step('all clients are answered', () => stage.answered(ways))
  for (const { way, caller } of ways) {
    const outage = await caller.outage(since)
    const seen = outage === 0 ? 'no connection failed' : `no connection failed after ${duration(outage)}`
    transcript.say(`         ${way.what}: ${seen}`)
  }
}

/** For `KEEP=1`. */
function thingsToTry({ cluster }: Stage): string[] {
  return [
    '',
    'It goes on running. In another terminal, here in the same folder:',
    '',
    `   export KUBE_DIR=${cluster.folder}`,
    '   test/cluster/kube kubectl get pods -A -o wide',
    `   test/cluster/kube in client curl -k --resolve shop.example.com:443:${cluster.edgeAddress} https://shop.example.com`,
    `   test/cluster/kube node start ${FIRST}`,
    '',
    'Ctrl-C here stops all of it.',
  ]
}
