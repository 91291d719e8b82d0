import { setTimeout as sleep } from 'node:timers/promises'
import type { Defer } from '../../src/testing/cleanup.ts'
import { leads, startController, tokenFileFor } from '../../src/testing/controller-process.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { lackingForKubernetes } from '../../src/testing/kubernetes/programs.ts'
import type { StartedProcess } from '../../src/testing/start-process.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'
import { startBackends } from '../backends.ts'
import { BenchEdge, cpuOf, memoryOf } from '../bench-edge.ts'
import { BIG, fillCluster } from '../big-cluster.ts'
import { crowd } from '../claims.ts'
import { type Figure, type Measurement, unmeasured } from '../figure.ts'
import { megabytes, time } from '../samples.ts'
import { whoAnswers } from '../who-answers.ts'

/** How long nothing changes, s. */
const STEADY = 300
/** The settings' default, s. */
const ELECTION = 15
/** A port of another phone, with something behind it: below those of the cluster. */
const WATCHED = 9_800
const SIZE = `${BIG.services.toLocaleString('en')} Services, ${(BIG.services * BIG.endpointsEach).toLocaleString('en')} endpoints, ${BIG.nodes} nodes`

const ROWS = [
  { what: `controller: start -> every Service claimed and live; ${SIZE}`, goal: '<= 10 s' },
  { what: `controller: nothing changes for ${STEADY} s; the same cluster`, goal: '0 writes, <= 1 %' },
  { what: 'controller: memory then', goal: '<= 200 MB' },
  {
    what: 'controller: leader killed -9 -> the next one has called the edge; the same cluster',
    goal: `<= ${ELECTION + 2} s, 0 lost, 0 reloads`,
  },
] as const
const [COLD_START, STEADY_STATE, MEMORY, TAKEOVER] = ROWS

/** The controller of a large cluster, with a real API server and a real edge. */
export const controller: Measurement = {
  name: 'controller',
  async run(defer) {
    const lacking = await lackingForKubernetes('api')
    if (lacking) return ROWS.map((row) => unmeasured(row, lacking))
    const [api, edge] = await Promise.all([
      ApiServer.start(defer),
      temporaryFolder(defer).then((folder) => BenchEdge.start(defer, folder)),
    ])
    await edge.put('watched', crowd(1, ['127.0.0.2'], await startBackends(defer, ['127.0.0.2']), WATCHED))
    await fillCluster(api)
    const tokenFile = await tokenFileFor(defer, edge.token)
    const replica = () => startReplica(defer, api, edge, tokenFile)
    const began = performance.now()
    const first = await replica()
    await claimed(edge)
    const cold = performance.now() - began
    await until(async () => (await writesOf(api)) >= BIG.services * 2, { deadline: 120_000, interval: 500 })
    const written = performance.now() - began
    const second = await replica()
    const steady = await steadyState(api, first)
    return [coldStart(cold, written), ...steady, await takeover(edge, first, second)]
  },
}

function startReplica(defer: Defer, api: ApiServer, edge: BenchEdge, tokenFile: string) {
  return startController(defer, {
    ...{ api, tokenFile, edge: { url: `https://127.0.0.1:${edge.port}`, token: async () => edge.token } },
    settings: { INTERVAL: '10s', LEASE_TTL: '60s', ELECTION_DURATION: `${ELECTION}s` },
  })
}

/** Everything is live, beside the one port that is watched. */
async function claimed(edge: BenchEdge): Promise<void> {
  await until(async () => (await edge.status()).routes.live > BIG.services, {
    ...{ what: 'every Service being claimed', deadline: 120_000, interval: 100 },
  })
}

function coldStart(duration: number, written: number): Figure {
  return {
    ...COLD_START,
    measured: `${time(duration)}; every status written after ${time(written)}`,
    beside: 'MetalLB, cloud controllers: a call a Service',
    met: duration <= 10_000,
  }
}

async function steadyState(api: ApiServer, { pid }: StartedProcess): Promise<Figure[]> {
  // What has just changed is over, and garbage is collected.
  await sleep(30_000)
  const [writes, cpu] = [await writesOf(api), cpuOf(pid)]
  await sleep(STEADY * 1000)
  const [written, share] = [(await writesOf(api)) - writes, (cpuOf(pid) - cpu) / (STEADY * 10)]
  const memory = memoryOf(pid)
  return [
    {
      ...STEADY_STATE,
      measured: `${written} writes besides the Lease, ${share.toFixed(2)} % of a core`,
      beside: 'a resync in other controllers: every object, each 30 s to 10 h',
      met: written === 0 && share <= 1,
    },
    {
      ...MEMORY,
      measured: megabytes(memory),
      beside: 'node alone: 44 MB (measured before)',
      met: memory <= 200e6,
    },
  ]
}

/** Calls that change something, of the controllers and not about a Lease. */
async function writesOf(api: ApiServer): Promise<number> {
  return (await api.audit()).filter(
    ({ verb, userAgent = '', objectRef }) =>
      userAgent.startsWith('homeport-controller') &&
      /^(create|update|patch|delete)$/.test(verb) &&
      objectRef?.resource !== 'leases',
  ).length
}

async function takeover(edge: BenchEdge, first: StartedProcess, second: StartedProcess): Promise<Figure> {
  const { reloads } = (await edge.status()).haproxy
  const lost = keepAsking()
  const began = performance.now()
  first.kill('SIGKILL')
  await leads(second)
  await second.printed(/the edge answers/, 60_000)
  const took = performance.now() - began
  const failed = await lost()
  const reloaded = (await edge.status()).haproxy.reloads - reloads
  return {
    ...TAKEOVER,
    measured: `${time(took)}, ${failed} connections lost, ${reloaded} reloads`,
    beside: `the lease: ${ELECTION} s`,
    met: took <= (ELECTION + 2) * 1000 && failed === 0 && reloaded === 0,
  }
}

/** Connects again and again until it is asked how often that was in vain. */
function keepAsking(): () => Promise<number> {
  let [running, failed] = [true, 0]
  const asking = (async () => {
    while (running) {
      if ((await whoAnswers(WATCHED)) === undefined) failed += 1
      await sleep(10)
    }
  })()
  return async () => {
    running = false
    await asking
    return failed
  }
}
