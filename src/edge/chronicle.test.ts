import { describe, expect, it } from 'vitest'
import type { Observed, ObservedBackend } from '../core/plan/observed.ts'
import { createLog } from '../log.ts'
import { Chronicle } from './chronicle.ts'
import { EventStream } from './event-stream.ts'

/** What is seen of tcp/443, at one node. */
function seen(backend: Partial<ObservedBackend>): Observed {
  const one: ObservedBackend = {
    name: '10.0.0.1:30443',
    admission: 'ready',
    health: 'up',
    sessions: 0,
    ...backend,
  }
  const route = { shape: 's', backends: new Map([[one.name, one]]) }
  return { routes: new Map([['tcp/443', route]]), foundationCurrent: true }
}

describe('the health of backends', () => {
  const events = new EventStream(() => 0)
  const chronicle = new Chronicle(
    events,
    createLog('error', () => {}),
    () => undefined,
  )
  const up = seen({})
  const down = seen({ health: 'down' })
  const told = seen({ health: 'down', reason: 'Connection refused' })

  it('changes what is answered of its port, also when the reason comes later', () => {
    expect(chronicle.health(up, down)).toEqual(['tcp/443'])
    expect(chronicle.health(down, told)).toEqual(['tcp/443'])
    expect(chronicle.health(told, up)).toEqual(['tcp/443'])
  })

  it('changes nothing while it stays, in whatever words', () => {
    expect(chronicle.health(up, seen({ sessions: 7 }))).toEqual([])
    expect(chronicle.health(told, seen({ health: 'down', reason: 'timeout' }))).toEqual([])
  })
})
