import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { version } from '../../src/version.ts'

const stack = new CleanupStack()
let built = ''

beforeAll(async () => {
  built = join(await temporaryFolder(stack.defer), 'dist')
  expect(spawnSync(process.execPath, ['scripts/build.ts', built]).status).toBe(0)
  return () => stack.release()
})

describe.each([
  ['agent', 'HOMEPORT_EDGES'],
  ['controller', '--kubernetes-config'],
])("the %s's image", (name, help) => {
  const recipe = readFileSync(`deploy/images/${name}/Dockerfile`, 'utf8')

  it('has all that its entry point needs', async () => {
    const image = await temporaryFolder(onTestFinished)
    const copies = [...recipe.matchAll(/^COPY (\S+) \/homeport\/(\S+)$/gm)]
    for (const [, from = '', to = ''] of copies) copyFileSync(join(built, from), join(image, to))

    const entry: unknown = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(recipe)?.[1] ?? '')
    expect(entry).toEqual(['node', expect.stringMatching(/^--/), expect.stringMatching(/^\/homeport\//)])
    const [, flag = '', path = ''] = Array.isArray(entry) ? entry.map(String) : []
    const { status, stdout } = spawnSync(process.execPath, [flag, join(image, basename(path)), '--help'], {
      cwd: image,
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    expect(stdout).toContain(help)
  })
})

it("the controller's image sets what bin/homeport sets for it", () => {
  const recipe = readFileSync('deploy/images/controller/Dockerfile', 'utf8')
  const script = readFileSync('bin/homeport', 'utf8')
  const [, variables] = /^ENV (MALLOC_.+)$/m.exec(recipe) ?? []
  expect(/^ {2}export (MALLOC_.+)$/m.exec(script)?.[1]).toBe(variables)
  expect(script).toContain('flags="--max-semi-space-size=1 ')
  expect(recipe).toContain('"--max-semi-space-size=1"')
})

const manifests = ['sidecar', 'ingress-phone', 'application'].map((name) => `deploy/kubernetes/${name}.yaml`)

it.each([
  'docs/agent.md',
  'docs/load-balancer.md',
  'deploy/images/agent/Dockerfile',
  'deploy/images/controller/Dockerfile',
  'deploy/kubernetes/controller.yaml',
  ...manifests,
])('%s names this version of the image', (file) => {
  const tags = [...readFileSync(file, 'utf8').matchAll(/homeport-(?:agent|controller):(\d\S*)/g)]
  expect(new Set(tags.map(([, tag]) => tag))).toEqual(new Set([version]))
})

it.each(['docs/agent.md', ...manifests])('%s mounts nothing over what the image has', (file) => {
  const recipe = readFileSync('deploy/images/agent/Dockerfile', 'utf8')
  const mounts = [...readFileSync(file, 'utf8').matchAll(/mountPath: ([^\s,}]+)/g)].map(([, path]) => path)
  expect(mounts.length).toBeGreaterThan(0)
  const folders = [...recipe.matchAll(/^COPY \S+ (\S+)\/[^/\s]+$/gm)].map(([, folder]) => folder)
  expect(folders).toEqual(['/homeport'])
  expect(mounts).not.toContain(folders[0])
})
