import { Socket } from 'node:net'
import { connectAsync, type MqttClient } from 'mqtt'
import { until } from '../../src/testing/until.ts'
import { NODE_TOPIC } from './node.ts'

export interface Broker {
  readonly host: string
  readonly port: number
}

/** Publishes one message, retained. */
export async function publish(broker: Broker, topic: string, text: string): Promise<void> {
  const client = await connect(broker)
  await client.publishAsync(topic, text, { qos: 1, retain: true })
  await client.endAsync()
}

/** A client that stays connected and gets its own messages back from the broker. */
export interface MqttSession {
  /** Which node's broker it is connected to. */
  readonly node: string
  /** Publishes a message and waits until it comes back. @throws Error when it does not within 2 s. */
  exchange(text: string): Promise<void>
  /** Whether it is the first connection still. */
  readonly unbroken: boolean
  close(): Promise<void>
}

export async function openMqttSession(broker: Broker): Promise<MqttSession> {
  const client = await connect(broker)
  const topic = `demo/messages/${crypto.randomUUID()}`
  const received = new Map<string, string>()
  client.on('message', (from, payload) => received.set(from, payload.toString()))
  await client.subscribeAsync([topic, NODE_TOPIC], { qos: 1 })
  const node = await until(() => received.get(NODE_TOPIC), {
    deadline: 2_000,
    interval: 1,
    what: "the node's name",
  })
  return {
    node,
    async exchange(text) {
      await client.publishAsync(topic, text, { qos: 1 })
      await until(() => received.get(topic) === text, {
        deadline: 2_000,
        interval: 1,
        what: `the message ${text}`,
      })
    },
    get unbroken() {
      return client.connected
    },
    close: () => client.endAsync(),
  }
}

/** Connects, exchanges one message and leaves. Tells which node served it. */
export async function exchangeOnce(broker: Broker): Promise<string> {
  const session = await openMqttSession(broker)
  try {
    await session.exchange('hello')
    return session.node
  } finally {
    await session.close()
  }
}

/** Without another try: who tries again, and how often, is part of the story. */
async function connect({ host, port }: Broker): Promise<MqttClient> {
  const options = { reconnectPeriod: 0, connectTimeout: 2_000 }
  const client = await connectAsync(`mqtt://${host}:${port}`, options, false)
  // Otherwise every message waits 40 ms for the acknowledgement of the one before.
  if (client.stream instanceof Socket) client.stream.setNoDelay(true)
  // A connection that is cut shows in `connected`.
  return client.on('error', () => {})
}
