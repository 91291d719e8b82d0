import { describe, expect, it } from 'vitest'
import { serviceObject } from '../testing/cluster.ts'
import { StatusKeeper } from './status-keeper.ts'

const STATUS = { conditions: [] }
const { signal } = new AbortController()
const SERVED = { isServed: true, signal }
const NOT_SERVED = { isServed: false, signal }

/** A status that `holder` may hold, and what is written there. */
function keeping() {
  const deeds: string[] = []
  const state: { now: number; holder: string | undefined } = { now: 0, holder: undefined }
  const keeper = new StatusKeeper({
    writer: {
      applyStatus: async () => {
        deeds.push('apply')
        return state.holder
      },
      takeStatus: async () => void deeds.push('take'),
      tell: (_, { reason, message }) => void deeds.push(`${reason} ${message}`),
    },
    now: () => state.now,
  })
  return { keeper, deeds, state, service: serviceObject() }
}

describe('the pace of one status', () => {
  it('lets the first changes through at once, and one a second of what goes on changing', () => {
    const { keeper, state } = keeping()
    const at: number[] = []
    for (; state.now < 60_000; state.now += 100) if (keeper.turn('web/nginx') === 0) at.push(state.now)
    expect(at.slice(0, 5)).toEqual([0, 100, 200, 300, 400])
    expect(at.length).toBeLessThanOrEqual(65)
  })

  it('says when the next turn is, and holds nobody else up', () => {
    const { keeper, state } = keeping()
    for (let times = 0; times < 100 && keeper.turn('web/nginx') === 0; times++);
    const left = keeper.turn('web/nginx')
    expect(left).toBeGreaterThan(0)
    expect(keeper.turn('web/other')).toBe(0)
    state.now += left
    expect(keeper.turn('web/nginx')).toBe(0)
  })
})

describe('a status that somebody else holds', () => {
  it('is left as it is where we do not serve the Service, with one Event', async () => {
    const { keeper, deeds, state, service } = keeping()
    state.holder = 'k3s'
    for (let times = 0; times < 3; times++) await keeper.write(service, STATUS, NOT_SERVED)
    expect(deeds).toEqual(['apply', expect.stringMatching(/^StatusHeld .*k3s/), 'apply', 'apply'])
  })

  it('is taken once where we serve it, and left to who takes it back', async () => {
    const { keeper, deeds, state, service } = keeping()
    state.holder = 'k3s'
    for (let times = 0; times < 3; times++) await keeper.write(service, STATUS, SERVED)
    expect(deeds).toEqual(['apply', 'take', 'apply', expect.stringMatching(/^StatusHeld/), 'apply'])
  })

  it('is told again when it is held again', async () => {
    const { keeper, deeds, state, service } = keeping()
    for (const holder of ['k3s', undefined, 'k3s']) {
      state.holder = holder
      await keeper.write(service, STATUS, NOT_SERVED)
    }
    expect(deeds.filter((deed) => deed.startsWith('StatusHeld'))).toHaveLength(2)
  })
})
