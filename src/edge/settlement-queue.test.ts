import { expect, it } from 'vitest'
import { SettlementQueue } from './settlement-queue.ts'

/** Whether a promise is settled by the time that everything due now has run. */
async function isOver(work: Promise<void>): Promise<boolean> {
  let over = false
  void work.then(() => {
    over = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return over
}

it('lets go whoever waits for what a step has settled, and nobody else', async () => {
  const queue = new SettlementQueue()
  queue.begin(['tcp/1', 'tcp/2'])
  const [one, two] = [queue.wait(['tcp/1']), queue.wait(['tcp/2'])]
  queue.settle(queue.take(), new Set(['tcp/2']))
  expect([await isOver(one), await isOver(two)]).toEqual([true, false])
  queue.settleAll()
  expect(await isOver(two)).toBe(true)
})

it('keeps nobody waiting who comes when the step has ended already', async () => {
  const queue = new SettlementQueue()
  queue.begin(['tcp/1', 'tcp/2'])
  queue.settle(queue.take(), new Set(['tcp/2']))
  expect(await isOver(queue.wait(['tcp/1']))).toBe(true)
  expect(await isOver(queue.wait(['tcp/1', 'tcp/2']))).toBe(false)
})

it('keeps whoever wants something else waiting for the next step', async () => {
  const queue = new SettlementQueue()
  queue.begin(['tcp/1'])
  const generation = queue.take()
  queue.begin(['tcp/1'])
  const later = queue.wait(['tcp/1'])
  queue.settle(generation, new Set())
  expect(await isOver(later)).toBe(false)
  expect(queue.dirty).toBe(true)
  queue.settle(queue.take(), new Set())
  expect(await isOver(later)).toBe(true)
})

it('keeps nobody waiting for what others want', async () => {
  const queue = new SettlementQueue()
  queue.begin(['tcp/1'])
  expect(await isOver(queue.wait(['tcp/2']))).toBe(true)
})

it('knows what is pending: what was wanted since a step began, and what the last one left', () => {
  const queue = new SettlementQueue()
  const pending = () => (['tcp/1', 'tcp/2', 'tcp/3'] as const).filter((key) => queue.isPending(key))
  expect([pending(), queue.isSettled]).toEqual([[], true])
  queue.begin(['tcp/1', 'tcp/2'])
  const generation = queue.take()
  queue.begin(['tcp/1'])
  queue.settle(generation, new Set(['tcp/3']))
  expect([pending(), queue.isSettled]).toEqual([['tcp/1', 'tcp/3'], false])
  queue.settle(queue.take(), new Set())
  expect([pending(), queue.isSettled]).toEqual([[], true])
})
