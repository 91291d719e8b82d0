import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { SqliteStore } from '../../src/edge/store/sqlite-store.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'

const WRITER = fileURLToPath(new URL('store-writer.ts', import.meta.url))

it('keeps every acknowledged commit through kill -9 at any moment', async () => {
  const folder = await temporaryFolder(onTestFinished)
  let acknowledged = 0
  for (let round = 0; round < 8; round++) {
    const writer = await startProcess(onTestFinished, process.execPath, [WRITER, folder, `${acknowledged}`])
    await writer.printed(/\d+\n/)
    await sleep(randomInt(100))
    writer.kill('SIGKILL')
    await writer.exited
    acknowledged = Number(writer.stdout.trimEnd().split('\n').at(-1))

    const store = await until(() => new SqliteStore(folder))
    const { documents, edgeTime } = store.load()
    // The last one may have been written and not acknowledged any more.
    expect([acknowledged, acknowledged + 1]).toContain(edgeTime)
    expect(documents.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
      Array.from(
        { length: Math.min(edgeTime, 50) },
        (_, index) => edgeTime - Math.min(edgeTime, 50) + 1 + index,
      ),
    )
    store.keepGoodCopy()
    store.close()
    acknowledged = edgeTime
  }
  expect(acknowledged).toBeGreaterThan(50)
})
