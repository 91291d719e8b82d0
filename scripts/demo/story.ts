import type { Defer } from '../../src/testing/cleanup.ts'
import type { StartedProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'
import type { StatusView } from '../../src/wire/views.ts'
import { startAgent } from './agent.ts'
import { DemoEdge } from './edge.ts'
import { type Broker, exchangeOnce, type MqttSession, openMqttSession } from './mqtt.ts'
import { type ClusterNode, startNode } from './node.ts'
import { portOrAnother } from './ports.ts'
import { duration, type Transcript } from './transcript.ts'

const OLD_NODE = '127.0.0.2'
const NEW_NODE = '127.0.0.3'
const CLUSTER = 'home'

/** Another is taken where one of these is in use on this machine. */
const WANTED = { port: 8443, nodePort: 30843, api: 9443 } as const

/** Where the story takes place. */
export interface Scene {
  readonly defer: Defer
  readonly transcript: Transcript
  readonly folder: string
  readonly edge: DemoEdge
  /** The front door: what clients connect to. */
  readonly front: Broker
  readonly nodePort: number
}

/** What runs on a node. */
interface Pod {
  readonly node: ClusterNode
  readonly agent: StartedProcess
}

/** The main job, on real parts. @throws at the first step that fails. */
export async function tellStory(defer: Defer, transcript: Transcript, folder: string): Promise<Scene> {
  const apiPort = await portOrAnother(WANTED.api, '0.0.0.0')
  const scene: Scene = {
    defer,
    transcript,
    folder,
    edge: new DemoEdge(defer, { folder, apiPort }),
    front: { host: '127.0.0.1', port: await portOrAnother(WANTED.port, '0.0.0.0') },
    nodePort: await portOrAnother(WANTED.nodePort, OLD_NODE, NEW_NODE),
  }
  introduce(scene)
  const token = await startTheEdge(scene)
  const pod = await claimThePort(scene, token)
  await changeTheAddress(scene, token, pod)
  await killTheDaemon(scene)
  return scene
}

function introduce({ transcript, front, nodePort }: Scene): void {
  transcript.say(
    'Homeport gives a cluster one fixed front door. All of this runs on this machine, on loopback addresses:',
    '',
    `   the edge    ${front.host}  HAProxy and \`homeport edge\`; clients connect to port ${front.port}`,
    `   the node    ${OLD_NODE}  Mosquitto at NodePort ${nodePort}, and \`homeport agent\` beside it`,
    `   and later   ${NEW_NODE}  the same node, when the provider has given it another address`,
  )
  if (front.port !== WANTED.port) {
    transcript.say('', `   (Port ${WANTED.port} is taken on this machine, so it is ${front.port} here.)`)
  }
}

/** @returns a token for the pod. */
async function startTheEdge({ transcript, edge, front: { port } }: Scene): Promise<string> {
  transcript.chapter('The edge starts')
  await transcript.step(
    'homeport edge serves',
    () => edge.start(),
    ({ haproxy }) => `homeport edge serves at ${edge.url}, with HAProxy ${haproxy.version}`,
  )
  return await transcript.step(`homeport token create: opens port ${port} to cluster "${CLUSTER}"`, () =>
    edge.createToken(CLUSTER, port),
  )
}

async function claimThePort(scene: Scene, token: string): Promise<Pod> {
  const { defer, transcript, folder, front, nodePort } = scene
  transcript.chapter(`A pod on the node wants port ${front.port}`)
  const node = await transcript.step(`Mosquitto listens on ${OLD_NODE}:${nodePort}`, () =>
    startNode(defer, { folder, address: OLD_NODE, nodePort }),
  )
  const agent = await transcript.step(
    `homeport agent calls: "forward ${front.port} to port ${nodePort} of the node that I call from"; answered: live`,
    () => callFrom(scene, token, OLD_NODE),
  )
  await transcript.step(`an MQTT client publishes and receives through ${front.host}:${front.port}`, () =>
    servedBy(front, OLD_NODE),
  )
  return { node, agent }
}

async function changeTheAddress(scene: Scene, token: string, { node, agent }: Pod): Promise<void> {
  const { defer, transcript, folder, front, nodePort } = scene
  transcript.chapter("The node's address changes")
  await transcript.step(`${OLD_NODE} is gone, with all that ran there; nobody told the edge`, async () => {
    agent.kill('SIGKILL')
    await Promise.all([agent.exited, node.crash()])
  })
  await transcript.step(`Mosquitto is up again, on ${NEW_NODE}:${nodePort}`, () =>
    startNode(defer, { folder, address: NEW_NODE, nodePort }),
  )
  const start = performance.now()
  await transcript.step(`homeport agent calls from ${NEW_NODE}; answered: live`, () =>
    callFrom(scene, token, NEW_NODE),
  )
  await transcript.step(
    `the next message gets through ${front.host}:${front.port}, by way of ${NEW_NODE}`,
    () => servedBy(front, NEW_NODE),
  )
  transcript.say(`         From the agent's start to the message: ${duration(performance.now() - start)}.`)
}

async function killTheDaemon({ defer, transcript, edge, front }: Scene): Promise<void> {
  transcript.chapter('The daemon is killed; the traffic is not its business')
  const session = await transcript.step('an MQTT client connects and stays connected', () =>
    openMqttSession(front),
  )
  defer(() => session.close())
  const before = await edge.status()
  await transcript.step(
    `homeport edge is killed (kill -9), HAProxy's worker ${before.haproxy.pid} goes on`,
    () => edge.kill(),
  )
  await transcript.step('messages still flow: 20 on the open connection, and one on a new one', async () => {
    for (let count = 1; count <= 20; count++) await session.exchange(`message ${count}`)
    await servedBy(front, NEW_NODE)
  })
  await transcript.step(
    'homeport edge is back and has adopted the running HAProxy',
    async () => expectAdopted(before, await edge.start(), session),
    (pid) => `homeport edge is back and has adopted the running HAProxy: worker ${pid} as before, no reload`,
  )
  await transcript.step('the open connection never broke', () => session.exchange('still here'))
  await session.close()
}

function callFrom(scene: Scene, token: string, address: string): Promise<StartedProcess> {
  const { defer, folder, edge, front, nodePort } = scene
  return startAgent(defer, {
    folder,
    edge: edge.url,
    token,
    cluster: CLUSTER,
    address,
    port: front.port,
    nodePort,
  })
}

async function servedBy(front: Broker, address: string): Promise<void> {
  await until(async () => (await exchangeOnce(front)) === address, {
    interval: 1,
    what: `a message through ${address}`,
  })
}

/** @returns the pid of HAProxy's worker, which a reload would have changed. */
function expectAdopted(
  before: StatusView,
  { haproxy }: StatusView,
  session: MqttSession,
): number | undefined {
  if (haproxy.pid !== before.haproxy.pid) {
    throw new Error(`HAProxy is another: ${haproxy.pid}, it was ${before.haproxy.pid}`)
  }
  if (haproxy.reloads !== 0) throw new Error(`HAProxy was reloaded ${haproxy.reloads} times`)
  if (!session.unbroken) throw new Error('the open connection was cut')
  return haproxy.pid
}
