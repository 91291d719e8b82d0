import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('the docs say what the code does', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/write-docs.ts', '--check'], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
})
