import type { Defer } from '../../src/testing/cleanup.ts'
import { until } from '../../src/testing/until.ts'
import type { StatusView } from '../../src/wire/views.ts'
import { startAgent } from './agent.ts'
import { DemoEdge } from './edge.ts'
import { exchangeOnce, type MqttSession, openMqttSession } from './mqtt.ts'
import { startNode } from './node.ts'
import { portOrAnother } from './ports.ts'
import { duration, type Transcript } from './transcript.ts'

const OLD_NODE = '127.0.0.2'
const NEW_NODE = '127.0.0.3'
const CLUSTER = 'home'

/** Another is taken where one of these is in use on this machine. */
const WANTED = { port: 8443, nodePort: 30843, api: 9443 } as const

/** What is running when the story is over. */
export interface Scene {
  readonly edge: DemoEdge
  readonly port: number
}

/** The main job, on real parts. @throws at the first step that fails. */
export async function tellStory(defer: Defer, transcript: Transcript, folder: string): Promise<Scene> {
  const port = await portOrAnother(WANTED.port, '0.0.0.0')
  const nodePort = await portOrAnother(WANTED.nodePort, OLD_NODE, NEW_NODE)
  const edge = new DemoEdge(defer, { folder, apiPort: await portOrAnother(WANTED.api, '0.0.0.0') })
  const front = { host: '127.0.0.1', port }

  transcript.say(
    'Homeport gives a cluster one fixed front door. All of this runs on this machine, on loopback addresses:',
    '',
    `   the edge    127.0.0.1  HAProxy and \`homeport edge\`; clients connect to port ${port}`,
    `   the node    ${OLD_NODE}  Mosquitto at NodePort ${nodePort}, and \`homeport agent\` beside it`,
    `   and later   ${NEW_NODE}  the same node, when the provider has given it another address`,
  )

  if (port !== WANTED.port)
    transcript.say('', `   (Port ${WANTED.port} is taken on this machine, so it is ${port} here.)`)

  transcript.chapter('The edge starts')
  const first = await transcript.step(
    'homeport edge serves',
    () => edge.start(),
    ({ haproxy }) =>
      `homeport edge serves at ${edge.url}, with HAProxy ${haproxy.version} (pid ${haproxy.pid})`,
  )
  const token = await transcript.step(
    `homeport token create: opens port ${port} to cluster "${CLUSTER}"`,
    () => edge.createToken(CLUSTER, port),
  )

  transcript.chapter(`A pod on the node wants port ${port}`)
  const place = { folder, edge: edge.url, token, cluster: CLUSTER, port, nodePort }
  const node = await transcript.step(`Mosquitto listens on ${OLD_NODE}:${nodePort}`, () =>
    startNode(defer, { folder, address: OLD_NODE, nodePort }),
  )
  const agent = await transcript.step(
    `homeport agent calls: "forward ${port} to port ${nodePort} of the node that I call from"; answered: live`,
    () => startAgent(defer, { ...place, address: OLD_NODE }),
  )
  await transcript.step(`an MQTT client publishes and receives through ${front.host}:${port}`, () =>
    servedBy(front, OLD_NODE),
  )

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
    startAgent(defer, { ...place, address: NEW_NODE }),
  )
  await transcript.step(
    `the next message gets through ${front.host}:${port}`,
    () => servedBy(front, NEW_NODE),
    () => `the next message gets through ${front.host}:${port}, by way of ${NEW_NODE}`,
  )
  transcript.say(`         From the agent's start to the message: ${duration(performance.now() - start)}.`)

  transcript.chapter('The daemon is killed; the traffic is not its business')
  const session = await transcript.step('an MQTT client connects and stays connected', () =>
    openMqttSession(front),
  )
  defer(() => session.close())
  const before = await edge.status()
  await transcript.step('homeport edge is killed (kill -9)', () => edge.kill())
  await transcript.step('messages still flow: 20 on the open connection, and one on a new one', async () => {
    for (let count = 1; count <= 20; count++) await session.exchange(`message ${count}`)
    await servedBy(front, NEW_NODE)
  })
  await transcript.step(
    'homeport edge is back and adopts the running HAProxy',
    async () => expectAdopted(before, await edge.start(), session),
    () =>
      `homeport edge is back and has adopted the running HAProxy: pid ${first.haproxy.pid} as before, no reload`,
  )
  await transcript.step('the open connection never broke', () => session.exchange('still here'))
  await session.close()
  return { edge, port }
}

async function servedBy(
  front: { readonly host: string; readonly port: number },
  address: string,
): Promise<void> {
  await until(async () => (await exchangeOnce(front)) === address, {
    interval: 1,
    what: `a message through ${address}`,
  })
}

function expectAdopted(before: StatusView, { haproxy }: StatusView, session: MqttSession): void {
  if (haproxy.pid !== before.haproxy.pid)
    throw new Error(`HAProxy is another: ${before.haproxy.pid}, ${haproxy.pid}`)
  if (haproxy.reloads !== 0) throw new Error(`HAProxy was reloaded ${haproxy.reloads} times`)
  if (!session.unbroken) throw new Error('the open connection was cut')
}
