import { CleanupStack } from '../../src/testing/cleanup.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { startBackends } from '../backends.ts'
import { BenchEdge } from '../bench-edge.ts'
import { BlackHole } from '../black-hole.ts'
import { crowd, FIRST_PORT } from '../claims.ts'
import type { Figure, Measurement } from '../figure.ts'
import { spread } from '../samples.ts'
import { whoAnswers } from '../who-answers.ts'

const ROUTES = 1_000
const TRIALS = 5
const [DYING, LIVING] = ['127.0.0.3', '127.0.0.2']
/** Ports that clients use meanwhile, spread over all. */
const WATCHED = Array.from({ length: 20 }, (_, index) => FIRST_PORT + index * 50)

/** At 1,000 routes with two backends each, one dies: until when do clients notice? */
export const failover: Measurement = {
  name: 'failover',
  async run(defer) {
    const folder = await temporaryFolder(defer)
    const edge = await BenchEdge.start(defer, folder)
    const port = await startBackends(defer, [LIVING])
    const [refusing, vanishing]: [number[], number[]] = [[], []]
    let failed = 0
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const stack = new CleanupStack()
      defer(() => stack.release())
      await startBackends(stack.defer, [DYING], port)
      await allUp(edge, port)
      const seen = await watch(() => stack.release())
      refusing.push(seen.lastTrouble)
      failed += seen.failed
    }
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const holes = await withHole(port, async (hole) => {
        await allUp(edge, port)
        return watch(async () => hole.vanish())
      })
      vanishing.push(holes.lastTrouble)
    }
    return [refused(refusing, failed), vanished(vanishing)]
  },
}

function refused(durations: readonly number[], failed: number): Figure {
  return {
    what: `a backend refuses connections, ${ROUTES} routes of two: clients that noticed`,
    measured: `${failed} failed connections; last one that took over 500 ms: ${spread(durations)}`,
    beside: 'KubeLB: 10 to 30 s (read); the original: for ever (measured before)',
    goal: '0 failed',
    met: failed === 0,
  }
}

function vanished(durations: readonly number[]): Figure {
  return {
    what: `a backend vanishes (SYNs dropped), ${ROUTES} routes of two -> no new connection goes there`,
    measured: `last connection that went there began after ${spread(durations)}`,
    beside: 'KubeLB: 10 to 30 s (read)',
    goal: '< 3 s',
    met: Math.max(...durations) < 3_000,
  }
}

async function withHole<Result>(port: number, use: (hole: BlackHole) => Promise<Result>): Promise<Result> {
  const stack = new CleanupStack()
  try {
    return await use(await BlackHole.start(stack.defer, DYING, port))
  } finally {
    await stack.release()
  }
}

/** Both backends of every route take connections. */
async function allUp(edge: BenchEdge, port: number): Promise<void> {
  for (;;) {
    const { body } = await edge.put('crowd', crowd(ROUTES, [DYING, LIVING], port))
    if (!/"health":"(down|checking)"/.test(body)) return
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

/**
 * Clients connect all the time, and for five seconds after `die`. A connection that first went to the dead backend is one
 * that failed, or that HAProxy tried again elsewhere: that takes as long as its connect timeout.
 */
async function watch(die: () => Promise<void>): Promise<{ lastTrouble: number; failed: number }> {
  const begin = performance.now()
  await die()
  let [lastTrouble, failed] = [0, 0]
  const clients: Promise<void>[] = []
  while (performance.now() - begin < 5_000) {
    for (const port of WATCHED) {
      const began = performance.now()
      clients.push(
        whoAnswers(port).then((name) => {
          const slow = performance.now() - began > 500
          if (name === undefined) failed += 1
          if (slow || name === undefined) lastTrouble = Math.max(lastTrouble, began - begin)
        }),
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await Promise.all(clients)
  return { lastTrouble, failed }
}
