import { Caller } from '../../src/testing/kubernetes/caller.ts'
import { EchoApp } from '../../src/testing/kubernetes/echo-app.ts'
import { spread } from '../samples.ts'
import type { ClusterFigure } from './cluster-figure.ts'
import { outageSince } from './outage.ts'

const PORT = 8_502
const TRIALS = 5
const GOAL = 3_000

/** One of two nodes loses its power under new connections to a Service with externalTrafficPolicy Local. */
export const lostNode: ClusterFigure = {
  what: 'cluster: a node of two loses its power, Local -> the last new connection that failed',
  goal: '<= 3 s',
  async measure(cluster, defer) {
    const namespace = await cluster.namespace(defer)
    const app = await EchoApp.deploy(cluster, {
      ...{ namespace, port: PORT, service: { externalTrafficPolicy: 'Local' } },
    })
    const [durations, feelings, failures]: [number[], number[], number[]] = [[], [], []]
    for (let trial = 0; trial < TRIALS; trial++) {
      const caller = await Caller.start(defer, cluster, { kind: 'http', port: PORT })
      await caller.answered(new RegExp((await app.pods()).get('node2') ?? 'node2'))
      const since = Date.now()
      await cluster.stopNode(2)
      const { lasted, felt, failed } = await outageSince(caller, since)
      durations.push(lasted)
      feelings.push(felt)
      failures.push(failed)
      await cluster.startNode(2)
      await app.rolledOut()
    }
    return {
      measured: `${spread(durations)}; failed: ${failures.join(', ')}; the last that was slow: ${spread(feelings)}`,
      beside: 'Kubernetes notices after 50 s (here 16 s)',
      met: Math.max(...durations) <= GOAL,
    }
  },
}
