/**
 * A client that makes a new connection every so often, for tests that count which of them fail: `KIND HOST PORT INTERVAL
 * SITE` (ms). Prints a line of JSON (`Call`) for each that is over. Ends with its standard input, when the last one is over.
 */
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { connectAndRead } from '../connect-and-read.ts'
import { httpCall } from '../http-call.ts'
import { until } from '../until.ts'
import type { Call, CallKind } from './caller.ts'

const [kind = '', host = '', portText = '', interval = '', site = ''] = process.argv.slice(2)
const port = Number(portText)

/** Milliseconds that a call may take: more than HAProxy needs to try all nodes. */
const PATIENCE = 10_000

const calls: Record<CallKind, () => Promise<string>> = {
  http: async () => (await httpCall(request())).text,
  https: async () => (await httpCall({ ...request(), tls: true })).text,
  line: () => connectAndRead({ host, port }),
  /** A message that comes back from the broker. */
  mqtt: async () => {
    const client = await connectAsync(
      `mqtt://${host}:${port}`,
      { reconnectPeriod: 0, connectTimeout: PATIENCE },
      false,
    )
    try {
      const topic = `calls/${crypto.randomUUID()}`
      let said = ''
      client.on('error', () => {}).on('message', (_, payload) => (said = payload.toString()))
      await client.subscribeAsync(topic, { qos: 1 })
      await client.publishAsync(topic, 'hello', { qos: 1 })
      return await until(() => said !== '' && said, { deadline: PATIENCE, interval: 1 })
    } finally {
      await client.endAsync(true)
    }
  },
}

function request() {
  return { host, port, headers: { host: site }, signal: AbortSignal.timeout(PATIENCE) }
}

async function call(number: number): Promise<void> {
  const at = Date.now()
  const start = performance.now()
  const outcome = await calls[kindOf(kind)]().then(
    (said) => ({ said: said.trim() }),
    (error: unknown) => ({ failed: error instanceof Error ? error.message : String(error) }),
  )
  const done: Call = { number, at, took: Math.round(performance.now() - start), ...outcome }
  console.log(JSON.stringify(done))
}

function kindOf(word: string): CallKind {
  if (word === 'http' || word === 'https' || word === 'line' || word === 'mqtt') return word
  throw new Error(`a client of which kind? ${word}`)
}

let isOver = false
const over = text(process.stdin).then(() => {
  isOver = true
})
const running: Promise<void>[] = []
while (!isOver) {
  running.push(call(running.length))
  await Promise.race([sleep(Number(interval)), over])
}
await Promise.all(running)
process.exit()
