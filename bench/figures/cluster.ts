import { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { startClusterController, startClusterEdge } from '../../src/testing/kubernetes/cluster-edge.ts'
import { lackingForKubernetes } from '../../src/testing/kubernetes/programs.ts'
import { createdService } from '../cluster/created-service.ts'
import { endedPods } from '../cluster/ended-pods.ts'
import { lostNode } from '../cluster/lost-node.ts'
import { rollingUpdate } from '../cluster/rolling-update.ts'
import { type Measurement, unmeasured } from '../figure.ts'

/** Services of a whole cluster of two nodes, by a client outside: real pods, a real kube-proxy, a real edge. */
const FIGURES = [createdService, rollingUpdate, endedPods, lostNode]

export const cluster: Measurement = {
  name: 'cluster',
  async run(defer) {
    const lacking = await lackingForKubernetes('cluster')
    if (lacking) return FIGURES.map((figure) => unmeasured(figure, lacking))
    const cluster = await Cluster.start(defer)
    const edge = await startClusterEdge(defer, cluster)
    await startClusterController(defer, cluster, edge, DEFAULTS)
    const figures = []
    for (const figure of FIGURES) {
      const { what, goal } = figure
      figures.push({ what, goal, ...(await figure.measure(cluster, defer)) })
    }
    return figures
  },
}

/** The settings' own, in place of those that tests are quick with. */
const DEFAULTS = { INTERVAL: '10s', LEASE_TTL: '1m', ELECTION_DURATION: '15s' }
