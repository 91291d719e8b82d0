import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import { echoServer } from '../../src/testing/echo-server.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { startBackends } from '../backends.ts'
import { BenchEdge } from '../bench-edge.ts'
import { claim, FIRST_PORT, NODES } from '../claims.ts'
import type { Measurement } from '../figure.ts'

const CONNECTIONS = 100_000
const LONG_SESSIONS = 50
/** The long sessions' port. */
const ECHO = FIRST_PORT + 90
const LOADED = Array.from({ length: 10 }, (_, index) => FIRST_PORT + index)

/** New ports come and go, each with a reload, while clients connect and long sessions go on. */
export const reloadUnderLoad: Measurement = {
  name: 'reload-under-load',
  async run(defer) {
    const edge = await BenchEdge.start(defer, await temporaryFolder(defer))
    const port = await startBackends(defer, NODES)
    await edge.put('loaded', { ttl: 3600, claims: LOADED.map((own) => claim(own, NODES, port)) })

    const echo = await echoServer(defer, { host: NODES[0], name: 'echo' })
    await edge.put('long', { ttl: 3600, claims: [claim(ECHO, [NODES[0]], echo.port)] })

    const sessions = Array.from({ length: LONG_SESSIONS }, () => longSession(ECHO))
    const load = loadInThread()
    let reloading = true
    const reloads = (async () => {
      for (let round = 0; reloading; round += 1) {
        await edge.put('changing', { claims: [claim(FIRST_PORT + 100 + (round % 50), [NODES[0]], port)] })
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    })()
    const { made, failed } = await load
    reloading = false
    await reloads
    const cut = (await Promise.all(sessions.map((session) => session.end()))).filter((whole) => !whole).length
    const { haproxy } = await edge.status()
    return [
      {
        what: `${haproxy.reloads} reloads under load: failed or cut connections`,
        measured: `${failed} of ${made} new ones failed; ${cut} of ${LONG_SESSIONS} long sessions cut`,
        beside: `old workers left: ${haproxy.oldWorkers.length}; the original: each reload seamless too, but a taken port refuses all for 2 s (measured before)`,
        goal: `0 in >= ${CONNECTIONS}`,
        met: made >= CONNECTIONS && failed === 0 && cut === 0,
      },
    ]
  },
}

/** A session that says something now and then; `end` tells whether everything came back. */
function longSession(port: number): { end: () => Promise<boolean> } {
  const socket = connect(port, '127.0.0.1')
  let [sent, received, broken] = [0, 0, false]
  socket.on('data', (data: Buffer) => {
    received += data.toString().split('ping').length - 1
  })
  socket.on('error', () => {
    broken = true
  })
  socket.on('close', () => {
    broken = true
  })
  const timer = setInterval(() => {
    if (socket.write('ping\n')) sent += 1
  }, 500)
  return {
    end: async () => {
      clearInterval(timer)
      for (let tries = 0; tries < 100 && received < sent; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 50))
      const whole = !broken && sent > 0 && received === sent
      socket.destroy()
      return whole
    },
  }
}

/** The clients run in a thread of their own, so that nothing here holds them up. */
function loadInThread(): Promise<{ made: number; failed: number }> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../connection-load.ts', import.meta.url), {
      workerData: { ports: LOADED, connections: CONNECTIONS, clients: 16 },
    })
    worker.once('message', resolve).once('error', reject)
  })
}
