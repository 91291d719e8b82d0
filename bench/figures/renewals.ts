import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { endProcess } from '../../src/testing/end-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'
import { BenchEdge } from '../bench-edge.ts'
import type { Measurement } from '../figure.ts'
import { type Load, requestsPerSecond } from '../load.ts'
import { bundle } from '../programs.ts'
import { median } from '../samples.ts'

const WARM_UP = 3
const ROUNDS = 7
const [SERVER_CORE, LOAD_CORE] = [0, 1]

const document = {
  ttl: 60,
  claims: [{ owner: 'mqtt/mosquitto', port: 18_443, backends: [{ address: '127.0.0.2', port: 30_843 }] }],
}

/** Renewals over kept-alive HTTPS, in turns with a bare server; each server on one core, the load on the other. */
export const renewals: Measurement = {
  name: 'renewals',
  async run(defer) {
    const folder = await temporaryFolder(defer)
    const edge = await BenchEdge.start(defer, folder, 'memory')
    await edge.kill('SIGTERM')
    await edge.boot(SERVER_CORE)
    await edge.put('p', document)
    const bare = await startBare(folder, edge.folder, (pid) => defer(() => endProcess(pid)))
    const load: Load = {
      url: `https://127.0.0.1:${edge.port}/v1/clusters/bench/phones/p`,
      method: 'PUT',
      headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(document),
      connections: 16,
      seconds: 2,
    }
    const [ours, theirs]: [number[], number[]] = [[], []]
    // Both are compiled as they run: what comes first would be measured cold.
    for (let round = 0; round < WARM_UP; round += 1) {
      await requestsPerSecond({ ...load, url: `https://127.0.0.1:${bare}/` }, folder, LOAD_CORE)
      await requestsPerSecond(load, folder, LOAD_CORE)
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      theirs.push(await requestsPerSecond({ ...load, url: `https://127.0.0.1:${bare}/` }, folder, LOAD_CORE))
      ours.push(await requestsPerSecond(load, folder, LOAD_CORE))
    }
    const ratio = median(ours.map((rate, round) => rate / (theirs[round] ?? Number.NaN)))
    return [
      {
        what: 'renewals per second, HTTPS keep-alive',
        measured: `${median(ours).toFixed(0)}/s, ratio ${ratio.toFixed(2)}`,
        beside: `bare node:https that parses the body: ${median(theirs).toFixed(0)}/s`,
        goal: 'ratio >= 0.7',
        met: ratio >= 0.7,
      },
    ]
  },
}

async function startBare(
  folder: string,
  edgeFolder: string,
  started: (pid: number) => void,
): Promise<number> {
  const port = await freePort()
  const program = await bundle('bench/bare-server.ts', folder)
  const tls = (file: string) => join(edgeFolder, 'state/tls', file)
  const args = [
    '-c',
    String(SERVER_CORE),
    process.execPath,
    program,
    tls('edge.key'),
    tls('edge.crt'),
    String(port),
  ]
  const child = spawn('taskset', args, { stdio: 'inherit' })
  if (child.pid !== undefined) started(child.pid)
  await until(() => accepts(port), { what: 'the bare server' })
  return port
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
