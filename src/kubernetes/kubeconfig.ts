import type { RequestOptions } from 'node:https'
import { delimiter } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { Access, Credentials } from './access.ts'
import { useTokenFiles } from './token-files.ts'

export interface KubeconfigOptions {
  /** Path of a kubeconfig; unless told $KUBECONFIG, else ~/.kube/config, else the pod's own service account. */
  readonly kubeconfig?: string
  /** Which of its contexts; its current one unless told. */
  readonly context?: string
  /** The pod's own service account, whose files are under this folder (`/` in a pod), and nothing else. */
  readonly podFiles?: string
}

/**
 * The access that kubectl would have with the same files. This alone is left to the client library: its formats, its
 * plug-ins (`exec`), the service account of a pod.
 * @throws Error when there is no such file, no such context, or nothing in it that names an API server.
 */
export function kubeconfigAccess(options: KubeconfigOptions = {}): Access {
  let config = load(options)
  const cluster = config.getCurrentCluster()
  if (!cluster) throw new Error(`the kubeconfig has no cluster for the context ${config.getCurrentContext()}`)
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace
  return {
    server: new URL(cluster.server),
    ...(namespace !== undefined && { namespace }),
    credentials: () => readCredentials(config),
    renew() {
      // A new one has read nothing yet: no token of a minute ago, no plug-in's answer.
      config = load(options)
    },
  }
}

function load({ kubeconfig, context, podFiles }: KubeconfigOptions): KubeConfig {
  const config = new KubeConfig()
  if (podFiles !== undefined) config.loadFromCluster(podFiles.replace(/\/$/, ''))
  else if (kubeconfig === undefined) loadDefault(config)
  else {
    config.loadFromFile(kubeconfig)
    useTokenFiles(config, kubeconfig)
  }
  if (context !== undefined) {
    if (!config.getContextObject(context)) throw new Error(`the kubeconfig has no context ${context}`)
    config.setCurrentContext(context)
  }
  return config
}

function loadDefault(config: KubeConfig): void {
  config.loadFromDefault()
  if (config.getCurrentContext() === NOTHING_FOUND) {
    throw new Error(
      'there is no kubeconfig ($KUBECONFIG, ~/.kube/config), and this is no pod with a service account',
    )
  }
  for (const path of (process.env['KUBECONFIG'] ?? '').split(delimiter)) {
    if (path !== '') useTokenFiles(config, path)
  }
}

/** The context that the client library makes up, on http://localhost:8080. */
const NOTHING_FOUND = 'loaded-context'

async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = { headers: {} }
  await config.applyToHTTPSOptions(options)
  const { ca, cert, key, passphrase, rejectUnauthorized, servername, auth, agent } = options
  const proxied = config.getCurrentCluster()?.proxyUrl !== undefined
  return {
    headers: { ...readHeaders(options.headers), ...basicAuthorization(auth) },
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(passphrase !== undefined && { passphrase }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
      ...(servername !== undefined && { servername }),
    },
    ...(proxied && typeof agent === 'object' && { agent }),
  }
}

function readHeaders(headers: RequestOptions['headers']): Record<string, string> {
  // A token's file may end in a line feed, which no header may.
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name, String(value).trim()]),
  )
}

function basicAuthorization(auth: string | null | undefined): Record<string, string> {
  return auth ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {}
}
