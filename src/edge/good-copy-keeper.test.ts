import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { GoodCopyKeeper } from './good-copy-keeper.ts'
import { StateUnusable, StorageFailed } from './store/store.ts'

const HOUR = 3_600_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A keeper that has started, at 0 ms, and when its copies were made since. */
function started() {
  const start = Date.now()
  const now = () => Date.now() - start
  const [copies, told]: [number[], string[]] = [[], []]
  const store = { fault: undefined as Error | undefined, tries: 0 }
  const keeper = new GoodCopyKeeper({
    store: {
      keepGoodCopy: () => {
        store.tries += 1
        if (store.fault) throw store.fault
        copies.push(now())
      },
    },
    log: {
      warn: (_: unknown, message?: string) => told.push(`warn ${message}`),
      error: (_: unknown, message?: string) => told.push(`error ${message}`),
    },
    monotonic: now,
  })
  keeper.start()
  copies.length = 0
  return { keeper, copies, told, store, now }
}

it('copies every day, and no more often when nothing changes', () => {
  const { copies } = started()
  vi.advanceTimersByTime(72 * HOUR)
  expect(copies).toEqual([24 * HOUR, 48 * HOUR, 72 * HOUR])
})

it('copies once for tokens that change together, after the calls that change them', () => {
  const { keeper, copies } = started()
  vi.advanceTimersByTime(HOUR)
  for (let change = 0; change < 50; change++) keeper.tokensChanged()
  expect(copies).toEqual([])
  vi.advanceTimersByTime(HOUR)
  expect(copies).toEqual([HOUR + 1_000])
})

it('copies every ten seconds at most while tokens go on changing, and has the last change', () => {
  const { keeper, copies, now } = started()
  vi.advanceTimersByTime(HOUR)
  for (; now() <= HOUR + 20_000; vi.advanceTimersByTime(500)) keeper.tokensChanged()
  vi.advanceTimersByTime(HOUR)
  expect(copies.map((time) => time - HOUR)).toEqual([1_000, 11_000, 21_000])
})

it('copies what is due when it is stopped, and nothing after', () => {
  const { keeper, copies, now } = started()
  keeper.tokensChanged()
  keeper.stop()
  expect(copies).toEqual([now()])
  keeper.stop()
  vi.advanceTimersByTime(48 * HOUR)
  expect(copies).toHaveLength(1)
})

it('tells of a disk without room once, and tries again every minute', () => {
  const { keeper, copies, told, store } = started()
  store.fault = new StorageFailed('full')
  keeper.tokensChanged()
  vi.advanceTimersByTime(HOUR)
  expect(told).toEqual(['warn there is no room for a good copy of the state'])
  expect(store.tries).toBeGreaterThan(50)
  store.fault = undefined
  vi.advanceTimersByTime(60_000)
  expect(copies).toHaveLength(1)
  vi.advanceTimersByTime(HOUR)
  expect(copies).toHaveLength(1)
})

it('refuses a damaged state at the start; later it tells of it and lets the daemon go on', () => {
  const { keeper, told, store } = started()
  store.fault = new StateUnusable('state-damaged', 'a page')
  expect(() => keeper.start()).toThrow(StateUnusable)
  keeper.tokensChanged()
  vi.advanceTimersByTime(HOUR)
  expect(told).toEqual(['error the state file is damaged'])
})
