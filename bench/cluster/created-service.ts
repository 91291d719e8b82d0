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
    const { external } = await cluster.addresses(1)
    const [durations, alone]: [number[], number[]] = [[], []]
    for (let port = FIRST_PORT; port < FIRST_PORT + SERVICES; port++) {
      const path = `/api/v1/namespaces/${namespace}/services`
      const name = `${path}/s${port}`
      const began = performance.now()
      const { spec } = await cluster.client.create<Created>(path, service(port))
      const took = async (work: Promise<void>) => {
        await work
        return performance.now() - began
      }
      const [answer, status, node] = await Promise.all([
        took(answered(cluster.edgeAddress, port)),
        took(addressed(cluster, name)),
        took(answered(external, spec.ports[0].nodePort)),
      ])
      durations.push(Math.max(answer, status))
      alone.push(node)
      await cluster.client.delete(name)
      await until(async () => !(await cluster.client.exists(name)), { what: `${name} being gone` })
    }
    return {
      measured: spread(durations),
      beside: `the node port itself, by kube-proxy: ${spread(alone)}`,
      met: quantile(durations, 0.99) <= GOAL,
    }
  },
}

interface Created {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly ports: readonly [{ readonly nodePort: number }] }
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

async function answered(host: string, port: number): Promise<void> {
  const request = () => ({ host, port, headers: { host }, signal: AbortSignal.timeout(2_000) })
  await until(async () => (await httpCall(request())).text.includes(' sees '), { interval: 5 })
}

async function addressed({ client, edgeAddress }: Cluster, path: string): Promise<void> {
  await until(
    async () => (await client.get<LoadBalancer>(path)).status.loadBalancer.ingress?.[0]?.ip === edgeAddress,
    { interval: 5 },
  )
}
