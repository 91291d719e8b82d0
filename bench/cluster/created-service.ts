import { httpCall } from '../../src/testing/http-call.ts'
import type { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { EchoApp, type LoadBalancer } from '../../src/testing/kubernetes/echo-app.ts'
import { until } from '../../src/testing/until.ts'
import { quantile, spread } from '../samples.ts'
import type { ClusterFigure } from './cluster-figure.ts'

const SERVICES = 50
const FIRST_PORT = 8_400
const GOAL = 1_000

/** Services in front of pods that run, one after the other: until a client reaches them, and their status says where. */
export const createdService: ClusterFigure = {
  what: 'cluster: Service created -> a connection through the edge is answered, and its status has the address',
  goal: 'p99 <= 1 s',
  async measure(cluster, defer) {
    const namespace = await cluster.namespace(defer)
    await EchoApp.deploy(cluster, { namespace, port: FIRST_PORT - 1 })
    const durations: number[] = []
    for (let port = FIRST_PORT; port < FIRST_PORT + SERVICES; port++) {
      const path = `/api/v1/namespaces/${namespace}/services`
      const began = performance.now()
      await cluster.client.create(path, service(port))
      const name = `${path}/s${port}`
      await Promise.all([answered(cluster, port), addressed(cluster, name)])
      durations.push(performance.now() - began)
      await cluster.client.delete(name)
      await until(async () => !(await cluster.client.exists(name)), { what: `${name} being gone` })
    }
    return {
      measured: spread(durations),
      beside: 'of it a reload of HAProxy: see a new port, above',
      met: quantile(durations, 0.99) <= GOAL,
    }
  },
}

function service(port: number): object {
  return {
    metadata: { name: `s${port}` },
    spec: {
      type: 'LoadBalancer',
      loadBalancerClass: 'homeport.dev/edge',
      selector: { app: 'echo' },
      ports: [{ port, targetPort: 8080 }],
    },
  }
}

async function answered({ edgeAddress: host }: Cluster, port: number): Promise<void> {
  const request = () => ({ host, port, headers: { host }, signal: AbortSignal.timeout(2_000) })
  await until(async () => (await httpCall(request())).text.includes(' sees '), { interval: 5 })
}

async function addressed({ client, edgeAddress }: Cluster, path: string): Promise<void> {
  await until(
    async () => (await client.get<LoadBalancer>(path)).status.loadBalancer.ingress?.[0]?.ip === edgeAddress,
    { interval: 5 },
  )
}
