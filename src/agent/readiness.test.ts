import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { openReadiness } from './readiness.ts'
import { SettingsInvalid } from './settings.ts'

it('is a file while ready, and nothing else in its folder', async () => {
  const folder = await temporaryFolder(onTestFinished)
  writeFileSync(join(folder, 'ready'), 'of an earlier run')
  const readiness = await openReadiness({ readyFile: join(folder, 'ready') })
  expect(readdirSync(folder)).toEqual([])
  readiness.set(true)
  expect(readdirSync(folder)).toEqual(['ready'])
  readiness.close()
  expect(readdirSync(folder)).toEqual([])
})

it.each<[string, (folder: string) => void]>([
  ['in no folder', (folder) => rmSync(folder, { recursive: true })],
  ['in the place of a folder', (folder) => mkdirSync(join(folder, 'ready'))],
])('a file %s is a setting that cannot be used', async (_, make) => {
  const folder = await temporaryFolder(onTestFinished)
  make(folder)
  const opened = openReadiness({ readyFile: join(folder, 'ready') })
  await expect(opened).rejects.toThrow(SettingsInvalid)
  await expect(opened).rejects.toThrow(/^HOMEPORT_READY_FILE: .*ready/)
})
