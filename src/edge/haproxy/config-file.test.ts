import { mkdir, readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { until } from '../../testing/until.ts'
import { ConfigFile } from './config-file.ts'
import { haproxyPaths } from './paths.ts'

async function subject() {
  const folder = await temporaryFolder(onTestFinished)
  const paths = haproxyPaths({
    configDirectory: folder,
    runtimeDirectory: join(folder, 'run'),
    includeDirectory: join(folder, 'haproxy.d'),
  })
  const file = new ConfigFile(paths)
  onTestFinished(() => file.flush())
  return { paths, file, text: () => readFile(paths.config, 'utf8') }
}

describe('ConfigFile', () => {
  it('tries again what it could not write', async () => {
    const { paths, file, text } = await subject()
    await mkdir(paths.rewrite)
    file.writeSoon(() => 'new\n')
    await expect(file.flush()).rejects.toThrow('EISDIR')
    await rmdir(paths.rewrite)
    await until(async () => (await text()) === 'new\n')
  })

  it('takes a candidate over after a write that failed, and writes nothing older then', async () => {
    const { paths, file, text } = await subject()
    await mkdir(paths.rewrite)
    file.writeSoon(() => 'old\n')
    await expect(file.flush()).rejects.toThrow('EISDIR')
    await file.writeCandidate('candidate\n')
    await file.promote()
    expect(await text()).toBe('candidate\n')
    await rmdir(paths.rewrite)
    await file.flush()
    expect(await text()).toBe('candidate\n')
  })

  it('writes after all what the candidate replaced, when the one before is put back', async () => {
    const { file, text } = await subject()
    file.writeSoon(() => 'first\n')
    await file.flush()
    file.writeSoon(() => 'second\n')
    await file.writeCandidate('candidate\n')
    await file.promote()
    await file.restore()
    expect(await text()).toBe('first\n')
    await file.flush()
    expect(await text()).toBe('second\n')
  })

  it('keeps what is to be written when a candidate could not be taken over', async () => {
    const { file, text } = await subject()
    file.writeSoon(() => 'new\n')
    await expect(file.promote()).rejects.toThrow('ENOENT')
    await file.flush()
    expect(await text()).toBe('new\n')
  })
})
