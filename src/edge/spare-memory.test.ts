import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { SpareMemory } from './spare-memory.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function counted() {
  const collect = vi.fn()
  return { collect, spare: new SpareMemory(collect) }
}

it('collects once after a great change, when nothing has changed for a while', () => {
  const { collect, spare } = counted()
  spare.changed(1_000)
  vi.advanceTimersByTime(4_000)
  spare.changed(1)
  vi.advanceTimersByTime(4_000)
  expect(collect).not.toHaveBeenCalled()
  vi.advanceTimersByTime(60_000)
  expect(collect).toHaveBeenCalledOnce()
})

it('takes many small changes for a great one, and begins anew after it', () => {
  const { collect, spare } = counted()
  for (let call = 0; call < 999; call++) spare.changed(1)
  vi.advanceTimersByTime(60_000)
  expect(collect).not.toHaveBeenCalled()
  spare.changed(1)
  vi.advanceTimersByTime(60_000)
  expect(collect).toHaveBeenCalledOnce()
  spare.changed(999)
  vi.advanceTimersByTime(60_000)
  expect(collect).toHaveBeenCalledOnce()
})

it('collects no more once it is stopped', () => {
  const { collect, spare } = counted()
  spare.changed(1_000)
  spare.stop()
  vi.advanceTimersByTime(60_000)
  expect(collect).not.toHaveBeenCalled()
})
