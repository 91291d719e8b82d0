import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { Master } from './master.ts'
import { RuntimeApi } from './runtime-api.ts'
import { readStatus } from './status.ts'

it('says that HAProxy runs while its stats socket answers, whatever its master does', async () => {
  const folder = await temporaryFolder(onTestFinished)
  const stats = join(folder, 'stats.sock')
  const server = createServer((socket) => {
    socket.on('data', () => socket.end('Version: 2.6.12\nPid: 4711\nCurrConns: 3\n\n'))
  })
  await new Promise<void>((resolve) => server.listen(stats, resolve))
  onTestFinished(() => void server.close())
  const status = await readStatus(new RuntimeApi(stats), new Master(join(folder, 'master.sock')), 2)
  expect(status).toMatchObject({ state: 'running', pid: 4711, sessions: 3, reloads: 2, oldWorkers: [] })
})
