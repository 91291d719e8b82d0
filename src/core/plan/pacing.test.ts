import { describe, expect, it } from 'vitest'
import { aBackend, aClaim, aDocument } from '../../testing/documents.ts'
import type { Refusal } from '../refusal.ts'
import { reduce } from '../registry/reduce.ts'
import { EMPTY_STATE } from '../registry/state.ts'
import { backendName } from '../route.ts'
import type { ObservedRoute } from './observed.ts'
import { reloadDue } from './pacing.ts'
import { Parking } from './parking.ts'
import { shapeOf } from './shape.ts'

describe('reloadDue', () => {
  it('lets a lone claim through at once, or nearly', () => {
    expect(reloadDue({ first: 1000, latest: 1000 }) - 1000).toBeLessThan(10)
  })

  it('waits for a quiet spell, but not for ever', () => {
    expect(reloadDue({ first: 0, latest: 20 })).toBeGreaterThan(20)
    expect(reloadDue({ first: 0, latest: 10_000 })).toBeLessThan(100)
  })

  it('waits longer soon after a reload, and not long after it', () => {
    const soon = reloadDue({ first: 1000, latest: 1000, reloaded: 900 })
    const later = reloadDue({ first: 10_000, latest: 10_000, reloaded: 900 })
    expect(soon - 1000).toBeGreaterThan(later - 10_000)
  })
})

describe('Parking', () => {
  const { routes } = reduce(EMPTY_STATE, [{ type: 'put', document: aDocument('a') }]).state
  const route = routes.get('tcp/8443')
  if (!route) throw new Error('no route')
  const taken = { code: 'port-taken-on-host', detail: '' } as const
  const refused = { code: 'haproxy-refused', detail: '' } as const
  const running: ObservedRoute = {
    shape: shapeOf(route),
    backends: new Map(
      route.backends.map((backend) => {
        const name = backendName(backend)
        return [name, { name, admission: 'ready', health: 'up', sessions: 0 }]
      }),
    ),
  }
  const park = (parking: Parking, refusal: Refusal) => parking.park({ key: route.key, route, refusal }, 0)

  it('keeps a refused route out until its time has come', () => {
    const parking = new Parking()
    park(parking, taken)
    expect(parking.without(routes, 1_999).size).toBe(0)
    expect(parking.without(routes, 2_000).size).toBe(1)
    expect(parking.next()).toBe(2_000)
  })

  it('tries a taken port every two seconds, and others after growing pauses', () => {
    const pauses = (refusal: typeof taken | typeof refused) => {
      const parking = new Parking()
      return [1, 2, 3, 9].map((tries) => {
        while (tries > 0) {
          park(parking, refusal)
          tries -= 1
        }
        return parking.next()
      })
    }
    expect(new Set(pauses(taken))).toEqual(new Set([2_000]))
    expect(pauses(refused)).toEqual([2_000, 8_000, 60_000, 60_000])
  })

  it('does not hold back a route that was changed since', () => {
    const parking = new Parking()
    park(parking, taken)
    const changed = reduce(EMPTY_STATE, [{ type: 'put', document: aDocument('a', [aClaim({ allow: [] })]) }])
      .state.routes
    expect(parking.without(changed, 1).size).toBe(1)
  })

  it('lets a port go on with the settings that it has while its new ones are refused', () => {
    const parking = new Parking()
    const moved = { ...route, allow: [], backends: [aBackend('10.0.0.9')] }
    parking.park({ key: moved.key, route: moved, refusal: refused, running }, 0)
    const served = parking.without(new Map([[route.key, moved]]), 1).get(route.key)
    expect(served).toMatchObject({ backends: [{ address: '10.0.0.9' }] })
    expect(served).not.toHaveProperty('allow')
  })

  it('serves only the backends that run while another one is refused', () => {
    const parking = new Parking()
    const grown = { ...route, backends: [...route.backends, aBackend('10.0.0.9')] }
    parking.park({ key: grown.key, route: grown, refusal: refused, running, backendsRefused: true }, 0)
    expect(parking.without(new Map([[route.key, grown]]), 1).get(route.key)?.backends).toEqual(route.backends)
    expect(parking.refusal(grown.key, grown)).toEqual(refused)
  })

  it('keeps a port open that is to be closed later, and lets it forward nothing', () => {
    const parking = new Parking()
    parking.holdBack({ key: route.key, route: undefined, refusal: refused, running }, 900)
    expect(parking.without(new Map(), 899).get(route.key)).toMatchObject({ port: 8443, backends: [] })
    expect(parking.refusal(route.key, undefined)).toEqual(refused)
    expect(parking.next()).toBe(900)
    expect(parking.without(new Map(), 900).size).toBe(0)
    parking.retain(routes)
    expect(parking.refusal(route.key, undefined)).toBeUndefined()
  })

  it('tells only of the route that was refused, not of another one at its port', () => {
    const parking = new Parking()
    park(parking, refused)
    expect(parking.refusal(route.key, route)).toEqual(refused)
    expect(parking.refusal(route.key, { ...route, allow: [] })).toBeUndefined()
  })

  it('forgets what is served when it would be tried again, and nothing before', () => {
    const parking = new Parking()
    park(parking, taken)
    expect(parking.reconsider(new Set(), 1_999)).toEqual(new Set())
    parking.reconsider(new Set([route.key]), 2_000)
    expect(parking.refusal(route.key, route)).toEqual(taken)
    parking.reconsider(new Set(), 2_000)
    expect(parking.refusal(route.key, route)).toBeUndefined()
    expect(parking.next()).toBeUndefined()
  })

  it('forgets what nobody wants any more', () => {
    const parking = new Parking()
    park(parking, taken)
    parking.retain(new Map())
    expect(parking.refusal(route.key, route)).toBeUndefined()
    expect(parking.next()).toBeUndefined()
  })
})
