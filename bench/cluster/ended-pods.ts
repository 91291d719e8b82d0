import { Caller } from '../../src/testing/kubernetes/caller.ts'
import { EchoApp } from '../../src/testing/kubernetes/echo-app.ts'
import { spread } from '../samples.ts'
import type { ClusterFigure } from './cluster-figure.ts'
import { outageSince } from './outage.ts'

const PORT = 8_501
const TRIALS = 5
const GOAL = 3_000

/** A pod of two ends without notice, as one does that crashes: its Service has an endpoint less. */
export const endedPods: ClusterFigure = {
  what: 'cluster: a pod of two is deleted with no time to end, Local -> the last new connection that failed',
  goal: '<= 3 s',
  async measure(cluster, defer) {
    const namespace = await cluster.namespace(defer)
    const app = await EchoApp.deploy(cluster, {
      ...{ namespace, port: PORT, service: { externalTrafficPolicy: 'Local' } },
    })
    const [durations, failures]: [number[], number[]] = [[], []]
    for (let trial = 0; trial < TRIALS; trial++) {
      const caller = await Caller.start(defer, cluster, { kind: 'http', port: PORT })
      await caller.more(100)
      const [pod = ''] = (await app.pods()).values()
      const since = Date.now()
      await app.kubectl('delete', 'pod', pod, '--grace-period=0', '--force', '--wait=false')
      const { lasted, failed } = await outageSince(caller, since)
      durations.push(lasted)
      failures.push(failed)
      await app.rolledOut()
    }
    return {
      measured: `${spread(durations)}; failed: ${failures.join(', ')}`,
      beside: 'the other pod takes all',
      met: Math.max(...durations) <= GOAL,
    }
  },
}
