import { describe, expect, it, onTestFinished } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { type Work, WorkQueue, type WorkQueueOptions } from './work-queue.ts'

/** A queue on a clock of its own, with no chance in it: pauses are as long as they can be. */
function queued(work: Work, options: WorkQueueOptions = {}) {
  const clock = new VirtualClock()
  const queue = new WorkQueue({ clock, random: () => 1, ...options })
  const stop = new AbortController()
  const ended = queue.run(work, stop.signal)
  onTestFinished(() => stop.abort())
  return { clock, queue, stop, ended }
}

describe('WorkQueue', () => {
  it('works on each key once however often it is added, in the order in which they came', async () => {
    const worked: string[] = []
    const { clock, queue } = queued(async (key) => void worked.push(key), { concurrency: 1 })
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key)
    await clock.advance(0)
    // The first was taken before it came again.
    expect(worked).toEqual(['a', 'b', 'c', 'a'])
  })

  it('never works twice on a key at the same time, and again on what was added meanwhile', async () => {
    const gates: (() => void)[] = []
    const worked: string[] = []
    const { clock, queue } = queued(
      (key) => {
        worked.push(key)
        return new Promise<void>((resolve) => gates.push(resolve))
      },
      { concurrency: 3 },
    )
    queue.add('a')
    queue.add('a')
    queue.add('a')
    await clock.advance(0)
    expect(worked).toEqual(['a'])
    gates.shift()?.()
    await clock.advance(0)
    expect(worked).toEqual(['a', 'a'])
    gates.shift()?.()
    await clock.advance(1000)
    expect(worked).toEqual(['a', 'a'])
  })

  it('works on no more at a time where the work adds keys itself', async () => {
    let [now, most] = [0, 0]
    const { clock, queue } = queued(
      async (key) => {
        most = Math.max(most, ++now)
        if (Number(key) < 5_000) queue.add(String(Number(key) + 1))
        await Promise.resolve()
        now--
      },
      { concurrency: 2 },
    )
    queue.add('1')
    await clock.advance(0)
    expect([now, most, queue.length]).toEqual([0, 2, 0])
  })

  it('works on as many keys at a time as it may', async () => {
    const gates: (() => void)[] = []
    const { clock, queue } = queued(() => new Promise<void>((resolve) => gates.push(resolve)), {
      concurrency: 2,
    })
    for (const key of ['a', 'b', 'c']) queue.add(key)
    await clock.advance(0)
    expect(gates).toHaveLength(2)
    expect(queue.length).toBe(1)
    gates[0]?.()
    await clock.advance(0)
    expect(gates).toHaveLength(3)
  })

  it('tries a key that fails again, later and later, and from the start once it went well', async () => {
    const at: number[] = []
    let broken = true
    const faults: unknown[] = []
    const { clock, queue } = queued(
      async () => {
        at.push(clock.now())
        if (broken) throw new Error('no')
      },
      { backoff: { first: 100, most: 500 }, onFault: (...fault) => faults.push(fault) },
    )
    queue.add('a')
    await clock.advance(1_300)
    expect(at).toEqual([0, 100, 300, 700, 1200])
    expect(faults[1]).toEqual(['a', new Error('no'), 2])
    broken = false
    await clock.advance(10_000)
    expect(at).toEqual([0, 100, 300, 700, 1200, 1700])
    broken = true
    queue.add('a')
    await clock.advance(100)
    expect(at.slice(6)).toEqual([11_300, 11_400])
  })

  it('lets no key that fails hold up another', async () => {
    const worked: string[] = []
    const { clock, queue } = queued(async (key) => {
      if (key === 'bad') throw new Error('no')
      worked.push(key)
    })
    queue.add('bad')
    queue.add('good')
    await clock.advance(0)
    expect(worked).toEqual(['good'])
  })

  it('comes to a delayed key in time: the earliest of what was asked, and at once when it is added', async () => {
    const worked: string[] = []
    const { clock, queue } = queued(async (key) => void worked.push(`${key} ${clock.now()}`))
    queue.addAfter('a', 100)
    queue.addAfter('a', 50)
    queue.addAfter('a', 200)
    queue.addAfter('b', 70)
    await clock.advance(10)
    queue.add('b')
    await clock.advance(1000)
    expect(worked).toEqual(['b 10', 'a 50'])
  })

  it('starts nothing more when it is stopped, and ends when what it had begun has', async () => {
    const gates: (() => void)[] = []
    const { clock, queue, stop, ended } = queued(() => new Promise<void>((resolve) => gates.push(resolve)))
    let over = false
    void ended.then(() => {
      over = true
    })
    queue.add('a')
    queue.add('b')
    queue.addAfter('c', 10)
    await clock.advance(0)
    stop.abort()
    await clock.advance(100)
    expect(over).toBe(false)
    gates[0]?.()
    await clock.advance(100)
    expect(over).toBe(true)
    expect(gates).toHaveLength(1)
  })
})
