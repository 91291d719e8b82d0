import { execFile } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import type { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { startClusterController, startClusterEdge } from '../../src/testing/kubernetes/cluster-edge.ts'
import { emptyNamespace } from '../../src/testing/kubernetes/empty-namespace.ts'
import { handMadeStorage } from '../../src/testing/kubernetes/hand-made-storage.ts'
import { rootFolder } from '../../src/testing/kubernetes/root-folder.ts'
import { sharedCluster } from '../../src/testing/kubernetes/shared-cluster.ts'
import { Page } from '../../src/testing/page.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'

const page = new Page('docs/from-swarm.md')
const DATA = '/api/v1/namespaces/shop/persistentvolumeclaims/data'
const run = promisify(execFile)

it('docs/from-swarm.md brings a stack and its data into a cluster, changes it, and takes it out again', async () => {
  const cluster = await sharedCluster()
  await images(cluster)
  await handMadeStorage(onTestFinished, cluster, { name: 'from-swarm', isDefault: true })
  const edge = await startClusterEdge(onTestFinished, cluster)
  await startClusterController(onTestFinished, cluster, edge)
  const folder = await aFolder()
  onTestFinished(() => emptyNamespace(cluster.client, 'shop'))
  const env = {
    ...process.env,
    PATH: `${resolve('bin')}:${cluster.programs}:${process.env['PATH']}`,
    KUBECONFIG: cluster.kubeconfig,
  }
  const follow = async (name: string): Promise<string> =>
    (await run('sh', ['-euc', `exec 2>&1\n${page.commands(name)}`], { cwd: folder, env })).stdout

  expect(await follow('check')).toMatch(/stack.yml:14:5: warning: logging is dropped/)
  const rendered = await follow('render')
  expect(rendered).toMatch(/^kind: Deployment$/m)
  expect(rendered).not.toContain(PASSWORD)
  expect(await follow('deploy')).toContain('shop is ready.')
  const curl = page.commands('reach').replaceAll('203.0.113.5', cluster.edgeAddress)
  expect(await cluster.in('client', 'sh', ['-euc', curl])).toContain('web-')
  const looked = await follow('look')
  expect(looked).toMatch(/^shop +2$/m)
  expect(looked).toMatch(/^web +replicated +2\/2 .*:8080->8080\/tcp$/m)
  expect(looked).toMatch(/^web\.\S+ +\| listening on :8080$/m)

  await follow('data')
  const read = ['exec', 'deploy/db', '--', '/bin/cat', '/var/lib/postgresql/data/PG_VERSION']
  expect(await cluster.kubectl(['-n', 'shop', ...read])).toContain('17')
  const changed = await follow('change')
  expect(changed).toMatch(/^-\s+replicas: 2$/m)
  expect(changed).toMatch(/^\+\s+replicas: 3$/m)
  expect(changed).toContain('shop is ready.')

  const [keep = '', all = ''] = page.commands('remove').trim().split('\n')
  await run('sh', ['-euc', keep], { cwd: folder, env })
  expect(await cluster.client.exists(DATA)).toBe(true)
  await run('sh', ['-euc', all], { cwd: folder, env })
  expect(await cluster.client.exists('/api/v1/namespaces/shop')).toBe(false)
})

const PASSWORD = 'a-password-that-nobody-has-seen'

/** The stack and its secret, and the data that `docker run ... tar` has packed. */
async function aFolder(): Promise<string> {
  const folder = await temporaryFolder(onTestFinished)
  await writeFile(join(folder, 'stack.yml'), page.file('stack.yml'))
  await writeFile(join(folder, 'db_password.txt'), PASSWORD)
  await mkdir(join(folder, 'volume'))
  await writeFile(join(folder, 'volume/PG_VERSION'), '17\n')
  await run('tar', ['-C', 'volume', '-c', '-f', 'data.tar', '.'], { cwd: folder })
  expect(await readFile(join(folder, 'data.tar'), 'latin1')).toContain('PG_VERSION')
  return folder
}

/** What the page's images stand for: an application that answers, a database, and a few programs to copy with. */
async function images(cluster: Cluster): Promise<void> {
  await cluster.image('registry.example.com/shop:1.0.0', join(cluster.programs, 'echo'), [
    '/echo',
    'serve',
    ':8080',
  ])
  const names = ['cat', 'find', 'sh', 'sleep', 'tar']
  const programs = Object.fromEntries(names.map((name) => [`/bin/${name}`, realpathSync(`/usr/bin/${name}`)]))
  const root = await rootFolder(onTestFinished, { programs })
  await cluster.image('docker.io/library/postgres:17', root, ['/bin/sleep', 'infinity'])
  await cluster.image('docker.io/library/alpine:3', root, ['/bin/sleep', 'infinity'])
}
