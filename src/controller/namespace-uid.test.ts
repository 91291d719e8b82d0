import { expect, it } from 'vitest'
import { ApiFailed } from '../kubernetes/api-failed.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { namespaceUid } from './namespace-uid.ts'

/** An API server that answers with this status, and counts. */
function asking(status: number) {
  const clock = new VirtualClock()
  const state = { status, calls: 0, warnings: 0 }
  const stop = new AbortController()
  const api = {
    request: async () => {
      state.calls++
      // A storm would never give the clock its turn.
      if (state.calls > 1_000) stop.abort()
      if (state.status === 200) return { metadata: { uid: 'u-1' } }
      throw new ApiFailed({ status: state.status, reason: 'x', message: 'x' })
    },
  }
  const log = { warn: () => void state.warnings++ }
  const uid = namespaceUid(api, 'homeport', { log, stop: stop.signal, clock, random: () => 0.5 })
  return { clock, state, stop, uid }
}

it('asks after growing pauses while it is refused, and goes on with the answer', async () => {
  const { clock, state, uid } = asking(401)
  await clock.advance(600_000)
  expect(state.calls).toBeLessThan(40)
  expect(state.warnings).toBe(state.calls)
  state.status = 200
  await clock.advance(30_000)
  expect(await uid).toBe('u-1')
})

it.each([403, 404])('does without where it is answered %d', async (status) => {
  expect(await asking(status).uid).toBeUndefined()
})

it('ends when it is told to', async () => {
  const { clock, stop, uid } = asking(503)
  await clock.advance(1_000)
  stop.abort()
  expect(await uid).toBeUndefined()
})
