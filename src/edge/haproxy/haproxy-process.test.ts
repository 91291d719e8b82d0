import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { DataPlaneUnavailable } from '../../core/plan/driver.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { HaproxyProcess } from './haproxy-process.ts'
import { haproxyPaths } from './paths.ts'

async function subject() {
  const folder = await temporaryFolder(onTestFinished)
  const paths = haproxyPaths({
    configDirectory: folder,
    runtimeDirectory: join(folder, 'run'),
    includeDirectory: join(folder, 'haproxy.d'),
  })
  await mkdir(dirname(paths.log))
  return { paths, process: new HaproxyProcess('haproxy', paths) }
}

it('cuts a log that has grown too long', async () => {
  const { paths, process } = await subject()
  await writeFile(paths.log, '')
  await truncate(paths.log, 9 << 20)
  process.trimLog()
  expect(process.logEnd()).toBe(0)
})

it('calls the data plane unavailable when there is no place for a log', async () => {
  const { paths, process } = await subject()
  await mkdir(paths.log)
  await expect(process.start()).rejects.toThrow(DataPlaneUnavailable)
})
