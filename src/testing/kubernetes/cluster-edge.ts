import type { Defer } from '../cleanup.ts'
import { startController } from '../controller-process.ts'
import { EdgeProcess } from '../edge-process.ts'
import type { StartedProcess } from '../start-process.ts'
import type { Cluster } from './cluster.ts'
import { applyNodeHealth } from './node-health.ts'

/** The edge of the cluster's world, on the machine that is there for it. */
export async function startClusterEdge(defer: Defer, cluster: Cluster): Promise<EdgeProcess> {
  const network = { prefix: cluster.prefix('edge'), address: cluster.edgeAddress, apiPort: 9443 }
  return await EdgeProcess.start(defer, { network, env: { HOMEPORT_EDGE_HAPROXY_MAX_CONNECTIONS: '2000' } })
}

/** A controller from this checkout, on the machine of the control plane, with the Service of its manifest. `more` settings as `startController` takes them. */
export async function startClusterController(
  defer: Defer,
  cluster: Cluster,
  edge: EdgeProcess,
  more: Readonly<Record<string, string>> = {},
): Promise<StartedProcess> {
  await applyNodeHealth(defer, cluster)
  const settings = { ADDRESSES: cluster.edgeAddress, ...more }
  return await startController(defer, { api: cluster, edge, prefix: cluster.prefix('cp'), settings })
}

/** The addresses that the edge forwards a port to and that answer its checks, sorted. */
export async function healthyBackendsOf(edge: EdgeProcess, port: number): Promise<string[]> {
  const routes = (await edge.routes()).filter((route) => route.port === port)
  return routes
    .flatMap(({ backends }) => backends.flatMap(({ address, health }) => (health === 'up' ? [address] : [])))
    .toSorted()
}

/** The addresses that the edge forwards a port to, sorted. */
export async function backendsOf(edge: EdgeProcess, port: number): Promise<string[]> {
  const routes = (await edge.routes()).filter((route) => route.port === port)
  return routes.flatMap(({ backends }) => backends.map(({ address }) => address)).toSorted()
}
