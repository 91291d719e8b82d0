import { Caller } from '../../src/testing/kubernetes/caller.ts'
import { EchoApp } from '../../src/testing/kubernetes/echo-app.ts'
import type { ClusterFigure } from './cluster-figure.ts'

const PORT = 8_500
const UPDATES = 5

/** The pods of a Service with externalTrafficPolicy Local are replaced, again and again, under new connections. */
export const rollingUpdate: ClusterFigure = {
  what: `cluster: ${UPDATES} rolling updates of a Local Service under load: failed connections`,
  goal: '0',
  async measure(cluster, defer) {
    const namespace = await cluster.namespace(defer)
    const app = await EchoApp.deploy(cluster, {
      ...{ namespace, port: PORT, service: { externalTrafficPolicy: 'Local' } },
    })
    const caller = await Caller.start(defer, cluster, { kind: 'http', port: PORT, interval: 10 })
    await caller.more(100)
    for (let update = 0; update < UPDATES; update++) {
      await app.kubectl('rollout', 'restart', 'deployment/echo')
      await app.rolledOut()
    }
    await caller.more(1_000)
    const calls = await caller.finish()
    return {
      measured: `${caller.failures.length} of ${calls.length}`,
      beside: 'pods that serve for 5 s after they are told to end (preStop)',
      met: caller.failures.length === 0,
    }
  },
}
