import type { Defer } from '../../src/testing/cleanup.ts'
import type { StartedProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'
import type { StatusView } from '../../src/wire/views.ts'
import { startAgent } from './agent.ts'
import { DemoEdge } from './edge.ts'
import { type Broker, exchangeOnce, type MqttSession, openMqttSession } from './mqtt.ts'
import { type NodeNetwork, nodeNetwork } from './network.ts'
import { type ClusterNode, startNode } from './node.ts'
import { portOrAnother } from './ports.ts'
import { duration, type Transcript } from './transcript.ts'

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
  readonly network: NodeNetwork
}

/** What runs on a node. */
interface Pod {
  readonly node: ClusterNode
  readonly agent: StartedProcess
}

/** The main job, on real parts. @throws at the first step that fails. */
export async function tellStory(defer: Defer, transcript: Transcript, folder: string): Promise<Scene> {
  const apiPort = await portOrAnother(WANTED.api, '0.0.0.0')
  const network = await nodeNetwork(defer)
  const scene: Scene = {
    defer,
    transcript,
    folder,
    edge: new DemoEdge(defer, { folder, host: network.edge, apiPort }),
    front: { host: '127.0.0.1', port: await portOrAnother(WANTED.port, '0.0.0.0') },
    nodePort: network.change
      ? WANTED.nodePort
      : await portOrAnother(WANTED.nodePort, network.oldAddress, network.newAddress),
    network,
  }
  introduce(scene)
  const token = await startTheEdge(scene)
  const pod = await claimThePort(scene, token)
  await (network.change ? changeTheAddress(scene, network.change) : replaceTheNode(scene, token, pod))
  await killTheDaemon(scene)
  return scene
}

function introduce({ transcript, front, nodePort, network }: Scene): void {
  const { oldAddress, newAddress, change } = network
  const [door, old, later] = [front.host, oldAddress, newAddress].map((address) => address.padEnd(16))
  transcript.say(
    `Homeport gives a cluster one fixed front door. All of this runs on this machine${change ? '; the node is a network of its own' : ', on loopback addresses'}:`,
    '',
    `   the edge    ${door}HAProxy and \`homeport edge\`; clients connect to port ${front.port}`,
    `   the node    ${old}Mosquitto at NodePort ${nodePort}, and \`homeport agent\` beside it`,
    `   and later   ${later}the same node, when the provider has given it another address`,
  )
  if (!change) {
    transcript.say(
      '',
      '   (A network of its own takes root and iproute2. Here a second agent stands for the one whose address changed.)',
    )
  }
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
  const { defer, transcript, folder, front, nodePort, network } = scene
  const { oldAddress, prefix } = network
  transcript.chapter(`A pod on the node wants port ${front.port}`)
  const node = await transcript.step(`Mosquitto listens on ${oldAddress}:${nodePort}`, () =>
    startNode(defer, { folder, name: firstNode(network), address: oldAddress, nodePort, prefix }),
  )
  const agent = await transcript.step(
    `homeport agent calls: "forward ${front.port} to port ${nodePort} of the node that I call from"; answered: live`,
    () => callFrom(scene, token, network.change ? undefined : oldAddress),
  )
  await transcript.step(`an MQTT client publishes and receives through ${front.host}:${front.port}`, () =>
    servedBy(front, firstNode(network)),
  )
  return { node, agent }
}

/** The same agent, on the same node: it sees the address change by itself. */
async function changeTheAddress(scene: Scene, change: () => Promise<void>): Promise<void> {
  const { transcript, front, network } = scene
  const { oldAddress, newAddress } = network
  transcript.chapter("The node's address changes")
  const start = performance.now()
  await transcript.step(
    `the node is at ${newAddress} now, and ${oldAddress} is gone; nobody told the agent`,
    change,
  )
  await transcript.step(
    `homeport agent has noticed and called from ${newAddress}; the edge forwards there`,
    async () =>
      until(async () => (await scene.edge.backends()).join() === newAddress, {
        interval: 5,
        what: newAddress,
      }),
  )
  await transcript.step(
    `the next message gets through ${front.host}:${front.port}, by way of ${newAddress}`,
    () => nextMessage(front),
  )
  transcript.say(
    `         From the change of the address to the message: ${duration(performance.now() - start)}.`,
  )
}

/** Where no address can change: another agent at another address. */
async function replaceTheNode(scene: Scene, token: string, { node, agent }: Pod): Promise<void> {
  const { defer, transcript, folder, front, nodePort, network } = scene
  const { oldAddress, newAddress, prefix } = network
  transcript.chapter("The node's address changes")
  await transcript.step(`${oldAddress} is gone, with all that ran there; nobody told the edge`, async () => {
    agent.kill('SIGKILL')
    await Promise.all([agent.exited, node.crash()])
  })
  await transcript.step(`Mosquitto is up again, on ${newAddress}:${nodePort}`, () =>
    startNode(defer, { folder, name: newAddress, address: newAddress, nodePort, prefix }),
  )
  const start = performance.now()
  await transcript.step(`homeport agent calls from ${newAddress}; answered: live`, () =>
    callFrom(scene, token, newAddress),
  )
  await transcript.step(
    `the next message gets through ${front.host}:${front.port}, by way of ${newAddress}`,
    () => servedBy(front, newAddress),
  )
  transcript.say(`         From the agent's start to the message: ${duration(performance.now() - start)}.`)
}

async function killTheDaemon({ defer, transcript, edge, front, network }: Scene): Promise<void> {
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
    await servedBy(front, network.change ? firstNode(network) : network.newAddress)
  })
  await transcript.step(
    'homeport edge is back and has adopted the running HAProxy',
    async () => expectAdopted(before, await edge.start(), session),
    (pid) => `homeport edge is back and has adopted the running HAProxy: worker ${pid} as before, no reload`,
  )
  await transcript.step('the open connection never broke', () => session.exchange('still here'))
  await session.close()
}

function callFrom(scene: Scene, token: string, sourceAddress?: string): Promise<StartedProcess> {
  const { defer, folder, edge, front, nodePort, network } = scene
  return startAgent(defer, {
    folder,
    edge: edge.url,
    token,
    cluster: CLUSTER,
    prefix: network.prefix,
    ...(sourceAddress !== undefined && { sourceAddress }),
    port: front.port,
    nodePort,
  })
}

/** The name of the node that the story begins with; it keeps it, whatever its address. */
function firstNode({ change, oldAddress }: NodeNetwork): string {
  return change ? 'the node' : oldAddress
}

/**
 * What a client sees that tries again every 50 ms. An attempt that began before HAProxy had the new address waits for the
 * old one, and holds none of the later ones up.
 */
async function nextMessage(front: Broker): Promise<void> {
  let through = false
  const attempt = () => {
    exchangeOnce(front).then(
      () => {
        through = true
      },
      () => {},
    )
    return through
  }
  await until(attempt, { interval: 50, what: 'a message' })
}

async function servedBy(front: Broker, node: string): Promise<void> {
  await until(async () => (await exchangeOnce(front)) === node, {
    interval: 1,
    what: `a message through ${node}`,
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
