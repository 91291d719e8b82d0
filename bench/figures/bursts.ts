import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { startBackends } from '../backends.ts'
import { BenchEdge } from '../bench-edge.ts'
import { claim, crowd, FIRST_PORT, NODES } from '../claims.ts'
import type { Measurement } from '../figure.ts'
import { spread, time } from '../samples.ts'
import { whoAnswers } from '../who-answers.ts'

const TRIALS = 10
const CALLERS = 50

/** Many ports at once: in one document, and from fifty callers. */
export const bursts: Measurement = {
  name: 'bursts',
  async run(defer) {
    const folder = await temporaryFolder(defer)
    const edge = await BenchEdge.start(defer, folder)
    const port = await startBackends(defer, NODES)
    const reloads = async () => (await edge.status()).haproxy.reloads

    const before = await reloads()
    const begin = performance.now()
    const { status } = await edge.put('crowd', crowd(500, [NODES[0]], port))
    const took = performance.now() - begin
    const oneDocument = (await reloads()) - before

    const [perTrial, durations]: [number[], number[]] = [[], []]
    let right = 0
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const start = await reloads()
      const began = performance.now()
      const base = FIRST_PORT + 600 + trial * CALLERS
      const ports = Array.from({ length: CALLERS }, (_, index) => base + index)
      const replies = await Promise.all(
        ports.map((own) => edge.put(`caller-${own}`, { claims: [claim(own, [NODES[1]], port)] })),
      )
      durations.push(performance.now() - began)
      const reached = await Promise.all(ports.map((own) => whoAnswers(own)))
      right += replies.filter((reply, index) => reply.status === 200 && reached[index] === NODES[1]).length
      perTrial.push((await reloads()) - start)
      await new Promise((resolve) => setTimeout(resolve, 1_200))
    }
    return [
      {
        what: '500 new ports in one document',
        measured: `answered ${status} after ${time(took)}, ${oneDocument} reload`,
        beside: 'a reload a port: 500',
        goal: '1 reload',
        met: status === 200 && oneDocument === 1,
      },
      {
        what: `${CALLERS} callers with a port each at once, ${TRIALS} times`,
        measured: `${right} of ${CALLERS * TRIALS} right; ${Math.max(...perTrial)} reloads at most; ${spread(durations)}`,
        beside: 'the original: 11 of 20 trials right, 6 served nothing (measured before)',
        goal: 'all right, <= 3 reloads',
        met: right === CALLERS * TRIALS && Math.max(...perTrial) <= 3,
      },
    ]
  },
}
