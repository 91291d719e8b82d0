import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { Master } from './master.ts'
import { RuntimeApi } from './runtime-api.ts'
import { readStatus } from './status.ts'

/** A HAProxy whose stats socket answers; its master where `answers` has replies to commands: no answer to any other. */
async function haproxy(answers?: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder(onTestFinished)
  const listen = async (name: string, replyTo: (command: string) => string | undefined) => {
    const path = join(folder, name)
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('data', (command) => {
        const reply = replyTo(String(command).trim())
        if (reply !== undefined) socket.end(reply)
      })
    })
    await new Promise<void>((resolve) => server.listen(path, resolve))
    onTestFinished(() => void server.close())
  }
  await listen('stats.sock', () => 'Version: 2.6.12\nPid: 4711\nCurrConns: 3\n\n')
  if (answers) await listen('master.sock', (command) => answers[command])
  return [new RuntimeApi(join(folder, 'stats.sock')), new Master(join(folder, 'master.sock'))] as const
}

it('says that HAProxy runs while its stats socket answers, whatever its master does', async () => {
  const status = await readStatus(...(await haproxy()), 2)
  expect(status).toMatchObject({ state: 'running', pid: 4711, sessions: 3, reloads: 2, oldWorkers: [] })
})

it('names an old worker that hangs, without its sessions, and the others with theirs', async () => {
  const answers = {
    'show proc': `1 master 2 0d00h02m07s 2.6.12
# workers
4711 worker 0 0d00h00m01s 2.6.12
# old workers
12 worker 1 0d00h01m00s 2.6.12
11 worker 2 0d00h02m00s 2.6.12
`,
    '@!11 show info': 'Version: 2.6.12\nPid: 11\nCurrConns: 5\n\n',
  }
  expect((await readStatus(...(await haproxy(answers)), 2)).oldWorkers).toEqual([
    { pid: 12, uptime: '0d00h01m00s' },
    { pid: 11, uptime: '0d00h02m00s', sessions: 5 },
  ])
})
