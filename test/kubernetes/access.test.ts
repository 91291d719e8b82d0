import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Access } from '../../src/kubernetes/access.ts'
import { ApiServer } from '../../src/kubernetes/api-server.ts'
import { fieldsOf, textOf } from '../../src/kubernetes/fields.ts'
import { kubeconfigAccess } from '../../src/kubernetes/kubeconfig.ts'
import type { ApiServer as TestServer } from '../../src/testing/kubernetes/api-server.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'

const WHO = { method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews' } as const

describe.skipIf(noApiServer)('access', () => {
  it("is the administrator's by a certificate in a kubeconfig", async () => {
    const server = await sharedApiServer()
    expect(await whoIs(kubeconfigAccess({ kubeconfig: server.kubeconfig }))).toBe('admin')
    vi.stubEnv('KUBECONFIG', server.kubeconfig)
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await whoIs(kubeconfigAccess())).toBe('admin')
  })

  it("follows a kubeconfig's token file when its token changes and the old one is refused", async () => {
    const server = await sharedApiServer()
    const { file, kubeconfig } = await withTokenFile(server)
    const first = await account(server, 'first')
    await writeFile(file, `${first.token}\n`)
    const access = kubeconfigAccess({ kubeconfig })
    expect(await whoIs(access)).toBe(first.user)

    await server.client.delete(first.path)
    // The API server remembers for some seconds that the token was good.
    await until(async () => (await whoIs(access).catch(() => 'refused')) === 'refused', { deadline: 40_000 })
    const second = await account(server, 'second')
    await writeFile(file, second.token)
    expect(await whoIs(access)).toBe(second.user)
  })

  it("is the pod's service account, with its namespace, and follows its token", async () => {
    const server = await sharedApiServer()
    const first = await account(server, 'first')
    const folder = await temporaryFolder(onTestFinished)
    const secrets = join(folder, 'var/run/secrets/kubernetes.io/serviceaccount')
    await mkdir(secrets, { recursive: true })
    const { cluster } = await clusterOf(server)
    await writeFile(join(secrets, 'ca.crt'), Buffer.from(cluster['certificate-authority-data'], 'base64'))
    await writeFile(join(secrets, 'namespace'), 'shop')
    await writeFile(join(secrets, 'token'), 'outdated')
    const { hostname, port } = new URL(cluster.server)
    vi.stubEnv('KUBERNETES_SERVICE_HOST', hostname)
    vi.stubEnv('KUBERNETES_SERVICE_PORT', port)
    onTestFinished(() => void vi.unstubAllEnvs())
    const access = kubeconfigAccess({ podFiles: folder })
    await expect(whoIs(access)).rejects.toMatchObject({ status: 401 })
    await writeFile(join(secrets, 'token'), first.token)
    expect(await whoIs(access)).toBe(first.user)
    expect(access.namespace).toBe('shop')
  })

  it('is refused to who does not trust the authority', async () => {
    const server = await sharedApiServer()
    const access = kubeconfigAccess({ kubeconfig: server.kubeconfig })
    const { tls, headers } = await access.credentials()
    const { ca: _, ...rest } = tls
    const untrusting = { ...access, credentials: async () => ({ headers, tls: rest }) }
    await expect(whoIs(untrusting)).rejects.toMatchObject({ status: 0, reason: 'Unreachable' })
  })

  it('says what is missing', async () => {
    const server = await sharedApiServer()
    const { kubeconfig } = server
    expect(() => kubeconfigAccess({ kubeconfig, context: 'nowhere' })).toThrow('no context nowhere')
    expect(() => kubeconfigAccess({ kubeconfig: '/nowhere' })).toThrow('/nowhere')
    vi.stubEnv('KUBECONFIG', '')
    vi.stubEnv('HOME', '/nowhere')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(() => kubeconfigAccess()).toThrow('there is no kubeconfig')
  })
})

async function whoIs(access: Access): Promise<string> {
  const api = new ApiServer({ access, userAgent: 'access-test' })
  try {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
    const answer = await api.request({ ...WHO, body })
    return textOf(fieldsOf(fieldsOf(fieldsOf(answer)['status'])['userInfo'])['username'])
  } finally {
    api.close()
  }
}

/** A new service account, and a token of its own. */
async function account(server: TestServer, name: string) {
  const namespace = await server.namespace(onTestFinished)
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`
  await server.client.create(accounts, { metadata: { name } })
  const path = `${accounts}/${name}`
  const { status } = await server.client.create<{ status: { token: string } }>(`${path}/token`, { spec: {} })
  return { path, token: status.token, user: `system:serviceaccount:${namespace}:${name}` }
}

interface Cluster {
  readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string }
}

async function clusterOf(server: TestServer): Promise<Cluster> {
  const { clusters }: { clusters: [Cluster] } = parse(await readFile(server.kubeconfig, 'utf8'))
  return clusters[0]
}

/** A kubeconfig with a token in a file beside it. */
async function withTokenFile(server: TestServer): Promise<{ file: string; kubeconfig: string }> {
  const folder = await temporaryFolder(onTestFinished)
  const kubeconfig = join(folder, 'kubeconfig')
  const config = {
    clusters: [{ ...(await clusterOf(server)), name: 'c' }],
    users: [{ name: 'u', user: { tokenFile: 'token' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }
  await writeFile(kubeconfig, stringify(config))
  return { file: join(folder, 'token'), kubeconfig }
}
