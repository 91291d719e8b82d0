import { expect, it } from 'vitest'
import { EventQueue } from './event-queue.ts'
import { type EventDraft, EventSeries } from './event-series.ts'

const REPORTER = { controller: 'homeport.dev/controller', instance: 'pod-1' }

function event(message: string, type: EventDraft['type'] = 'Normal') {
  const regarding = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', uid: message }
  const draft: EventDraft = { regarding, type, reason: 'Live', message }
  return { draft, series: new EventSeries(draft, REPORTER) }
}

/** All that can be taken now, in order. */
function taken(queue: EventQueue): string[] {
  const messages: string[] = []
  for (let next = queue.take(); next; next = queue.take()) messages.push(next.draft.message)
  return messages
}

it('gives warnings before all that waits longer', () => {
  const queue = new EventQueue(10)
  for (const { series, draft } of [event('a'), event('b', 'Warning'), event('c'), event('d', 'Warning')])
    expect(queue.add(series, draft)).toBeUndefined()
  expect(taken(queue)).toEqual(['b', 'd', 'a', 'c'])
})

it('drops what comes when it is full, but for a warning the oldest that is none', () => {
  const queue = new EventQueue(2)
  const add = ({ series, draft }: ReturnType<typeof event>) => queue.add(series, draft)?.message
  expect([event('a'), event('b'), event('c'), event('d', 'Warning')].map(add)).toEqual([
    undefined,
    undefined,
    'c',
    'a',
  ])
  expect([event('e', 'Warning'), event('f', 'Warning')].map(add)).toEqual(['b', 'f'])
  expect(taken(queue)).toEqual(['d', 'e'])
})

it('gives of one series nothing while something of it is told, and wakes who waits for that', async () => {
  const queue = new EventQueue(10)
  const { series, draft } = event('a')
  queue.add(series, draft)
  expect(taken(queue)).toEqual(['a'])
  queue.add(series, draft)
  expect(taken(queue)).toEqual([])
  const changed = queue.changed()
  queue.done(series)
  await changed
  expect(taken(queue)).toEqual(['a'])
})
