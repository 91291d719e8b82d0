import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candidate, candidates } from '../testing/kubernetes/candidates.ts'
import { MemoryLease } from '../testing/kubernetes/memory-lease.ts'
import { LeaderElection } from './leader-election.ts'

const HOUR = 3_600_000

/** Two candidates, the first of which leads already. */
async function two() {
  const { all, ...rest } = candidates(2)
  const [a, b] = all
  if (!a || !b) throw new Error('there are not two')
  await rest.clock.advance(0)
  expect(rest.told).toEqual(['a + 1000000'])
  return { a, b, ...rest }
}

describe('LeaderElection', () => {
  it('lets one lead, for as long as it renews', async () => {
    const { a, b, clock, told, lease } = await two()
    await clock.advance(HOUR)
    expect(told).toHaveLength(1)
    expect([a.election.isLeader, b.election.isLeader]).toEqual([true, false])
    expect([a.election.fence, b.election.fence]).toEqual([1_000_000, undefined])
    expect(lease.lease).toMatchObject({ holder: 'a', duration: 15, transitions: 0 })
  })

  it('hands over at once when the leader is stopped', async () => {
    const { a, clock, told, lease } = await two()
    await a.stop()
    expect(told).toEqual(['a + 1000000', 'a -'])
    expect(lease.lease).toMatchObject({ holder: '', duration: 1 })
    await clock.advance(3_000)
    expect(told.slice(2)).toEqual(['b + 1000001'])
    expect(lease.lease).toMatchObject({ holder: 'b', transitions: 1 })
  })

  it('lets the next one lead at the very moment at which the Lease is over', async () => {
    const { a, clock, told, lease } = await two()
    await clock.advance(60_000)
    a.freeze()
    // The other one saw the last renewal when it was made: here both look at the same moments.
    const over = (lease.lease?.renewed ?? 0) - 1_700_000_000_000 + 15_000
    await clock.advance(over - 1 - clock.now())
    expect(told).toHaveLength(1)
    await clock.advance(1)
    expect(told.at(-1)).toBe('b + 1000001')
  })

  it('stops one that cannot renew before another one starts', async () => {
    const { a, clock, told } = await two()
    a.way.state = 'down'
    await clock.advance(9_000)
    expect(told).toHaveLength(1)
    await clock.advance(3_000)
    expect(told.slice(1)).toEqual(['a -'])
    await clock.advance(10_000)
    expect(told.slice(2)).toEqual(['b + 1000001'])
  })

  it('keeps one that misses some renewals', async () => {
    const { a, clock, told } = await two()
    for (let i = 0; i < 20; i++) {
      a.way.state = 'down'
      await clock.advance(6_000)
      a.way.state = 'up'
      await clock.advance(3_000)
    }
    expect(told).toHaveLength(1)
  })

  it('goes on where the answer to a renewal was lost', async () => {
    const { a, clock, told } = await two()
    a.way.state = 'mute'
    await clock.advance(3_000)
    a.way.state = 'up'
    await clock.advance(60_000)
    expect(told).toHaveLength(1)
  })

  it('leads no longer after a pause of its whole process, though nothing could tell it', async () => {
    const { a, b, clock, told } = await two()
    a.freeze()
    await clock.advance(10_500)
    expect(a.election.isLeader).toBe(false)
    expect(told).toHaveLength(1)
    await clock.advance(10_000)
    expect(b.election.isLeader).toBe(true)
    a.thaw()
    await clock.advance(60_000)
    expect(told).toEqual(['a + 1000000', 'b + 1000001', 'a -'])
  })

  it.each([-5 * HOUR, 5 * HOUR])('does not mind a wall clock that is wrong by %i ms', async (skew) => {
    const { a, b, clock, told } = await two()
    a.skew = skew
    await clock.advance(60_000)
    b.skew = -skew
    await clock.advance(60_000)
    expect(told).toHaveLength(1)
    await a.stop()
    await clock.advance(3_000)
    expect(told.slice(1)).toEqual(['a -', 'b + 1000001'])
  })

  it("takes its first fence from the store's clock, not from its own", async () => {
    const { clock } = candidates(0)
    const store = new MemoryLease()
    store.time = 2_000_000
    const fences: number[] = []
    const election = new LeaderElection({
      store,
      identity: 'c',
      clock,
      wallClock: () => 5,
      onStarted: ({ fence }) => fences.push(fence),
      onStopped() {},
    })
    const stop = new AbortController()
    const ended = election.run(stop.signal)
    await clock.advance(0)
    stop.abort()
    await ended
    expect(fences).toEqual([2_000_000])
  })

  it('gives a greater fence than any that it saw on a Lease that is gone', async () => {
    const { a, b, clock, lease, told } = await two()
    await clock.advance(10_000)
    a.way.state = 'down'
    lease.remove()
    b.way.time = 500_000
    await clock.advance(30_000)
    // For a while there are two: this is what a fence is for.
    expect(told).toContain('b + 1000001')
  })

  it('stays the leader when its Lease is deleted and nobody else was there', async () => {
    const { b, clock, told, lease } = await two()
    b.way.state = 'down'
    lease.remove()
    await clock.advance(60_000)
    expect(told).toHaveLength(1)
    expect(lease.lease).toMatchObject({ holder: 'a', fence: 1_000_000 })
  })

  it('refuses times that would let two lead', () => {
    const make = (times: { leaseDuration?: number; renewDeadline?: number; retryPeriod?: number }) => () =>
      new LeaderElection({
        store: new MemoryLease(),
        identity: 'a',
        onStarted() {},
        onStopped() {},
        ...times,
      })
    expect(make({ renewDeadline: 15_000 })).toThrow(RangeError)
    expect(make({ retryPeriod: 9_000 })).toThrow(RangeError)
  })

  it('never has two leaders, nor a fence that does not rise, whatever fails when', async () => {
    const setState = (state: MemoryLease['state']) => (it: Candidate) => {
      it.way.state = state
    }
    const turnClock = (ms: number) => (it: Candidate) => {
      it.skew += ms
    }
    const deeds = {
      up: setState('up'),
      down: setState('down'),
      mute: setState('mute'),
      freeze: (it: Candidate) => it.freeze(),
      thaw: (it: Candidate) => it.thaw(),
      back: turnClock(-HOUR),
      ahead: turnClock(HOUR),
    }
    const names = fc.constantFrom(...(['up', 'down', 'mute', 'freeze', 'thaw', 'back', 'ahead'] as const))
    const step = fc.record({ who: fc.nat(2), deed: names, pause: fc.integer({ min: 0, max: 20_000 }) })
    let terms = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const { all, clock, told } = candidates(3)
        for (const { who, deed, pause } of steps) {
          const candidate = all[who]
          if (candidate) deeds[deed](candidate)
          for (let passed = 0; passed < pause; passed += 400) {
            await clock.advance(Math.min(400, pause - passed))
            expect(all.filter(({ election }) => election.isLeader).length).toBeLessThanOrEqual(1)
          }
        }
        const fences = told.flatMap((what) => what.match(/\d+/)?.map(Number) ?? [])
        expect(fences).toEqual([...new Set(fences)].sort((x, y) => x - y))
        terms += fences.length
        await Promise.all(all.map((candidate) => candidate.stop()))
      }),
      { numRuns: 60 },
    )
    expect(terms).toBeGreaterThan(60)
  })
})
