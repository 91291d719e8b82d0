import type { Defer } from '../cleanup.ts'
import { echoServer } from '../echo-server.ts'
import type { ApiServer } from './api-server.ts'
import type { SeenService } from './services.ts'

/** Answers at a node as kube-proxy does, so that the edge sees by the Service of the controller's manifest that it lives. */
export async function kubeProxyOf(
  defer: Defer,
  api: ApiServer,
  host: string,
  namespace = 'homeport',
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/services/homeport-node-health`
  const { spec } = await api.client.get<SeenService>(path)
  if (!spec.healthCheckNodePort) throw new Error(`${path} has no healthCheckNodePort`)
  await echoServer(defer, { host, port: spec.healthCheckNodePort, name: 'kube-proxy' })
}
