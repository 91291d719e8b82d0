import { describe, expect, it, onTestFinished } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { ApiFailed } from './api-failed.ts'
import type { ApiRequest } from './api-server.ts'
import { EventRecorder } from './event-recorder.ts'
import type { EventDraft } from './event-series.ts'
import { fieldsOf } from './fields.ts'

const MINUTE = 60_000

function draft(message: string, uid = 'u'): EventDraft {
  const regarding = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', uid }
  return { regarding, type: 'Warning', reason: 'PortTaken', message }
}

/** A recorder on a clock of its own, and what it asked of the API server. */
function recording(answer: (request: ApiRequest) => Promise<unknown> = async () => ({})) {
  const clock = new VirtualClock()
  const asked: ApiRequest[] = []
  const dropped: unknown[] = []
  const recorder = new EventRecorder({
    api: {
      request: (request) => {
        asked.push(request)
        return answer(request)
      },
    },
    reporter: { controller: 'homeport.dev/controller', instance: 'pod-1' },
    onDropped: ({ message }, why) => dropped.push([message, typeof why === 'string' ? why : why.reason]),
    clock,
    wallClock: () => 1_700_000_000_000 + clock.now(),
  })
  const stop = new AbortController()
  void recorder.run(stop.signal)
  onTestFinished(() => stop.abort())
  return { clock, recorder, asked, dropped }
}

/** `POST` for a new Event, the count for one that goes on. */
const deeds = (asked: readonly ApiRequest[]) =>
  asked.map(({ method, body }) => (method === 'POST' ? method : fieldsOf(fieldsOf(body)['series'])['count']))

describe('EventRecorder', () => {
  it('counts what happens again, in one Event', async () => {
    const { clock, recorder, asked } = recording()
    for (const message of ['a', 'a', 'b', 'a']) {
      recorder.record(draft(message))
      await clock.advance(1_000)
    }
    expect(deeds(asked)).toEqual(['POST', 2, 'POST', 3])
    expect(asked[1]?.path).toBe(asked[3]?.path)
    expect(asked[3]?.body).toEqual({ series: { count: 3, lastObservedTime: '2023-11-14T22:13:23.000000Z' } })
  })

  it('tells 25 of one object, then one in five minutes with all that happened meanwhile', async () => {
    const { clock, recorder, asked } = recording()
    for (let second = 0; second < 120; second++) {
      recorder.record(draft('a'))
      await clock.advance(1_000)
    }
    expect(asked).toHaveLength(25)
    recorder.record(draft('b', 'another'))
    await clock.advance(0)
    expect(deeds(asked).at(-1)).toBe('POST')
    await clock.advance(3 * MINUTE)
    recorder.record(draft('a'))
    recorder.record(draft('a'))
    await clock.advance(0)
    expect(deeds(asked).slice(26)).toEqual([122])
  })

  it('never holds up who records, nor fails; what the API server refuses is dropped, and told', async () => {
    const { clock, recorder, asked, dropped } = recording(async () => {
      throw new ApiFailed({ status: 403, reason: 'Forbidden', message: 'no' })
    })
    recorder.record(draft('a'))
    recorder.record(draft('b'))
    await clock.advance(0)
    expect(asked).toHaveLength(2)
    expect(dropped).toEqual([
      ['a', 'Forbidden'],
      ['b', 'Forbidden'],
    ])
  })

  it('begins a new Event, with the count so far, when the old one is gone', async () => {
    const { clock, recorder, asked } = recording(async ({ method }) => {
      if (method === 'PATCH') throw new ApiFailed({ status: 404, reason: 'NotFound', message: 'gone' })
    })
    recorder.record(draft('a'))
    await clock.advance(1_000)
    recorder.record(draft('a'))
    await clock.advance(1_000)
    expect(deeds(asked)).toEqual(['POST', 2, 'POST'])
    expect(asked[2]?.body).toMatchObject({ series: { count: 2 } })
    expect(asked[2]?.body).not.toMatchObject({ metadata: fieldsOf(asked[0]?.body)['metadata'] })
  })

  it('lets no more wait than it has room for, while the API server is silent', async () => {
    const { recorder, dropped } = recording(() => new Promise(() => {}))
    for (let count = 0; count < 10_200; count++) recorder.record(draft('a', `u${count}`))
    expect(dropped).toHaveLength(200)
    expect(dropped[0]).toEqual(['a', 'too many wait'])
  })

  it('tells several at once, and one of each series', async () => {
    const answered = Promise.withResolvers<void>()
    const { clock, recorder, asked } = recording(() => answered.promise)
    for (const uid of ['u', 'v', 'w', 'x', 'y', 'z']) recorder.record(draft('a', uid))
    await clock.advance(0)
    expect(asked).toHaveLength(4)
    recorder.record(draft('a', 'u'))
    answered.resolve()
    await clock.advance(0)
    expect(deeds(asked)).toEqual(['POST', 'POST', 'POST', 'POST', 'POST', 'POST', 2])
  })

  it('cuts a message where a character ends, in 1,024 bytes', async () => {
    const { clock, recorder, asked } = recording()
    recorder.record(draft(`xx${'ö'.repeat(1_000)}`))
    await clock.advance(0)
    const { note } = fieldsOf(asked[0]?.body)
    expect(note).toBe(`xx${'ö'.repeat(509)}...`)
  })
})
