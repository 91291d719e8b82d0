import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { Defer } from '../cleanup.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import type { ApiServer } from './api-server.ts'

/** Whose rights are under test: `system:serviceaccount:homeport:homeport-controller`. */
export interface ServiceAccount {
  readonly namespace: string
  readonly name: string
}

/** As the API server and its audit log call it. */
export function userOf({ namespace, name }: ServiceAccount): string {
  return `system:serviceaccount:${namespace}:${name}`
}

/** The path of a kubeconfig with a new token of the account, which is good for an hour, as the kubelet would get it. */
export async function kubeconfigOf(defer: Defer, api: ApiServer, account: ServiceAccount): Promise<string> {
  const { namespace, name } = account
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
  const { status } = await api.client.create<{ status: { token: string } }>(path, { spec: {} })
  const admin = parse(await readFile(api.kubeconfig, 'utf8'))
  const [{ cluster }] = admin.clusters
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { token: status.token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace } }],
    'current-context': 'x',
  }
  const file = join(await temporaryFolder(defer), 'kubeconfig')
  await writeFile(file, stringify(kubeconfig), { mode: 0o600 })
  return file
}
