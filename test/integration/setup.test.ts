import { execFile } from 'node:child_process'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'

/** What any shell script needs: there is no package manager among it. */
const BASICS = ['sh', 'dirname', 'tr', 'mktemp', 'rm', 'id']

/** `scripts/setup.sh` in a checkout that has its npm packages, where no other program is in the PATH than some Go. */
async function setup(args: readonly string[], go?: string): Promise<{ code: unknown; text: string }> {
  const folder = await temporaryFolder(onTestFinished)
  const [checkout, bin] = [join(folder, 'checkout'), join(folder, 'bin')]
  for (const made of [bin, join(checkout, 'node_modules')]) await mkdir(made, { recursive: true })
  await cp('scripts/setup.sh', join(checkout, 'scripts/setup.sh'))
  for (const name of ['package-lock.json', 'node_modules/.package-lock.json']) {
    await writeFile(join(checkout, name), '{}')
  }
  for (const tool of BASICS) await symlink(join('/usr/bin', tool), join(bin, tool))
  if (go !== undefined) await writeFile(join(bin, 'go'), `#!/bin/sh\necho ${go}\n`, { mode: 0o755 })
  return await new Promise((resolve) => {
    const options = { env: { PATH: bin }, cwd: checkout }
    execFile('/bin/sh', ['scripts/setup.sh', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, text: stdout + stderr })
    })
  })
}

it('needs nothing but the npm packages to build the programs', async () => {
  expect(await setup(['--to-build'])).toEqual({ code: 0, text: '' })
})

it('names all that the tests need, where it cannot install it', async () => {
  const { code, text } = await setup([])
  expect(code).toBe(1)
  expect(text).toMatch(/missing: .*curl openssl python3/)
})

it.each([
  [undefined, true],
  ['go1.19.8', true],
  ['go1.21.0', false],
  ['go1.26.8', false],
  ['go1.30', false],
])('where Go is %s, needs pip to fetch another: %s', async (go, isNeeded) => {
  for (const args of [[], ['--with-cluster']]) {
    const { text } = await setup(args, go)
    expect(text).toContain('missing: ')
    expect(text.includes(' python3-pip')).toBe(isNeeded)
    expect(text).not.toContain('golang')
  }
})
