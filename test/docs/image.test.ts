import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { version } from '../../src/version.ts'

const recipe = readFileSync('deploy/images/agent/Dockerfile', 'utf8')

it("the agent's image has all that its entry point needs", async () => {
  const built = join(await temporaryFolder(onTestFinished), 'dist')
  expect(spawnSync(process.execPath, ['scripts/build.ts', built]).status).toBe(0)
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
  expect(stdout).toContain('HOMEPORT_EDGES')
})

it.each(['docs/agent.md', 'deploy/images/agent/Dockerfile'])('%s names this version of the image', (file) => {
  const tags = [...readFileSync(file, 'utf8').matchAll(/homeport-agent:(\S+)/g)].map(([, tag]) => tag)
  expect(new Set(tags)).toEqual(new Set([version]))
})
