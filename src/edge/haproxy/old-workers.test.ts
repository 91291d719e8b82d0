import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ShowInfo } from '../../core/haproxy/show-info.ts'
import { CliSilent } from './cli.ts'
import type { OldWorkerCli } from './master.ts'
import { OldWorkers } from './old-workers.ts'

/** No process has such a pid: they end at 2^22. */
const [HUNG, BUSY, IDLE] = [5_000_001, 5_000_002, 5_000_003]

const silent = () => Promise.reject(new CliSilent('silent', 'no answer'))

/** Old workers, each with how it answers; what they are sent is noted. */
function scene(workers: Record<number, () => Promise<number>>, most: number) {
  const sent: string[] = []
  const kill = vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
    sent.push(`${signal} ${pid}`)
    return true
  })
  onTestFinished(() => kill.mockRestore())
  const subject = { sent, now: 0, reloads: 3, asked: 0 }
  const master: OldWorkerCli = {
    processes: async () => ({
      master: { pid: 1, uptime: '' },
      reloads: subject.reloads,
      failed: 0,
      workers: [],
      oldWorkers: Object.keys(workers).map((pid) => ({ pid: Number(pid), uptime: '', reloads: 1 })),
    }),
    infoOf: async (pid) => {
      subject.asked++
      return info((await workers[pid]?.()) ?? 0)
    },
    sessionsOf: async () => [],
    endSessions: async () => {},
  }
  const oldWorkers = new OldWorkers(master, most, () => subject.now)
  oldWorkers.reloaded()
  return Object.assign(subject, { oldWorkers })
}

function info(connections: number): ShowInfo {
  return { pid: 1, version: '', uptime: 0, connections }
}

/** A look that is over, after some time. */
async function look(subject: ReturnType<typeof scene>, after = 0): Promise<void> {
  subject.now += after
  subject.oldWorkers.look()
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('old workers beyond their number', () => {
  it('are ended with the fewest sessions first, and no more of them than it takes', async () => {
    const subject = scene({ [BUSY]: async () => 5, [IDLE]: async () => 1 }, 1)
    await look(subject)
    await look(subject, 1_000)
    expect(subject.sent).toEqual([`SIGTERM ${IDLE}`])
  })

  it('are ended from one on that has hung for long, and killed where it does not hear of that', async () => {
    const subject = scene({ [BUSY]: async () => 5, [IDLE]: async () => 1, [HUNG]: silent }, 2)
    await look(subject)
    await look(subject, 2_999)
    expect(subject.sent).toEqual([])
    await look(subject, 1)
    expect(subject.sent).toEqual([`SIGTERM ${HUNG}`])
    await look(subject, 2_999)
    expect(subject.sent).toHaveLength(1)
    await look(subject, 1)
    expect(subject.sent.slice(1)).toEqual([`SIGKILL ${HUNG}`])
  })

  it('do not count as hung while the master reloads', async () => {
    const subject = scene(
      {
        [BUSY]: async () => 5,
        [HUNG]: () => {
          subject.reloads++
          return silent()
        },
      },
      1,
    )
    for (let time = 0; time < 10; time++) await look(subject, 1_000)
    expect(subject.sent).toEqual([])
  })
})

it('a worker that gives no answer holds up no call, is asked once at a time, and is let be once they close', async () => {
  const pending = Promise.withResolvers<number>()
  const subject = scene({ [HUNG]: () => pending.promise, [IDLE]: async () => 0 }, 1)
  await look(subject)
  subject.oldWorkers.reloaded()
  await look(subject, 1_000)
  expect(subject.asked).toBe(1)
  const closed = subject.oldWorkers.close()
  pending.resolve(0)
  await closed
  await look(subject, 1_000)
  expect({ asked: subject.asked, sent: subject.sent }).toEqual({ asked: 1, sent: [] })
})
