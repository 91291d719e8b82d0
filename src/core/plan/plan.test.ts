import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backendName, portKey, type Route, type Routes } from '../route.ts'
import { type Change, needsReload } from './change.ts'
import type { Observed, ObservedBackend } from './observed.ts'
import { plan } from './plan.ts'
import { shapeOf } from './shape.ts'

function aRoute(port: number, addresses: readonly string[], more: Partial<Route> = {}): Route {
  const backends = addresses.map((address) => ({ address, port: 30843, proxyProtocol: 'off' as const }))
  return {
    key: portKey('tcp', port),
    port,
    protocol: 'tcp',
    owner: 'a/b/c',
    author: 'token',
    check: { type: 'tcp' },
    backends,
    ...more,
  }
}

function routesOf(...routes: Route[]): Routes {
  return new Map(routes.map((route) => [route.key, route]))
}

/** What a data plane shows that has loaded `routes`; those named are on their way out. */
function observing(routes: Routes, leaving: readonly string[] = [], foundationCurrent = true): Observed {
  return {
    foundationCurrent,
    routes: new Map(
      [...routes].map(([key, route]) => {
        const backends = route.backends.map((backend): [string, ObservedBackend] => {
          const name = backendName(backend)
          const admission = leaving.includes(backend.address) ? 'leaving' : 'ready'
          return [name, { name, admission, health: 'up', sessions: 0 }]
        })
        return [key, { shape: shapeOf(route), backends: new Map(backends) }]
      }),
    ),
  }
}

function kinds(changes: readonly Change[]): string[] {
  return changes.map((change) =>
    change.kind === 'refresh-foundation' ? change.kind : `${change.kind} ${change.key}`,
  )
}

describe('plan', () => {
  const one = routesOf(aRoute(8443, ['10.0.0.1']))

  it.each([
    ['nothing to do', one, observing(one), []],
    ['a new port', one, observing(routesOf()), ['open tcp/8443']],
    ['a port that nobody claims any more', routesOf(), observing(one), ['close tcp/8443']],
    [
      'another list of clients',
      routesOf(aRoute(8443, ['10.0.0.1'], { allow: [] })),
      observing(one),
      ['reshape tcp/8443'],
    ],
    [
      'another check',
      routesOf(aRoute(8443, ['10.0.0.1'], { check: { type: 'none' } })),
      observing(one),
      ['reshape tcp/8443'],
    ],
    [
      'a backend more',
      routesOf(aRoute(8443, ['10.0.0.1', '10.0.0.2'])),
      observing(one),
      ['add-backend tcp/8443'],
    ],
    [
      'a moved backend: in before out',
      routesOf(aRoute(8443, ['10.0.0.2'])),
      observing(one),
      ['add-backend tcp/8443', 'retire-backend tcp/8443'],
    ],
    ['a backend wanted again', one, observing(one, ['10.0.0.1']), ['readmit-backend tcp/8443']],
    [
      'one that leaves already',
      routesOf(aRoute(8443, ['10.0.0.2'])),
      observing(routesOf(aRoute(8443, ['10.0.0.1', '10.0.0.2'])), ['10.0.0.1']),
      [],
    ],
    ['other settings around the routes', one, observing(one, [], false), ['refresh-foundation']],
  ])('%s', (_, desired, observed, expected) => {
    expect(kinds(plan(desired, observed))).toEqual(expected)
  })

  it('reshapes a route that another hand loaded', () => {
    const observed: Observed = {
      foundationCurrent: true,
      routes: new Map([['tcp/8443', { shape: undefined, backends: new Map() }]]),
    }
    expect(kinds(plan(one, observed))).toEqual(['reshape tcp/8443'])
  })

  it('sorts by port', () => {
    const desired = routesOf(aRoute(9000, ['10.0.0.1']), aRoute(80, ['10.0.0.1']), aRoute(443, ['10.0.0.1']))
    expect(kinds(plan(desired, observing(routesOf())))).toEqual([
      'open tcp/80',
      'open tcp/443',
      'open tcp/9000',
    ])
  })

  it('reloads for ports and settings only', () => {
    const desired = routesOf(aRoute(80, ['10.0.0.1', '10.0.0.3']), aRoute(81, ['10.0.0.1']))
    const observed = observing(routesOf(aRoute(80, ['10.0.0.1', '10.0.0.2']), aRoute(82, ['10.0.0.1'])))
    expect(kinds(plan(desired, observed).filter(needsReload))).toEqual(['open tcp/81', 'close tcp/82'])
    expect(plan(desired, observed).filter((change) => !needsReload(change))).toHaveLength(2)
  })
})

describe('whatever runs and whatever is wanted', () => {
  const someRoutes = fc
    .uniqueArray(
      fc.record({
        port: fc.integer({ min: 1, max: 6 }),
        addresses: fc.uniqueArray(fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'), { minLength: 1 }),
        allow: fc.constantFrom([], ['10.0.0.0/8']),
      }),
      { selector: ({ port }) => port },
    )
    .map((list) => routesOf(...list.map(({ port, addresses, allow }) => aRoute(port, addresses, { allow }))))

  it('the changes lead to what is wanted, and then there are none', () => {
    fc.assert(
      fc.property(someRoutes, someRoutes, (desired, running) => {
        const changes = plan(desired, observing(running))
        expect(plan(desired, observing(carriedOut(running, changes)))).toEqual([])
      }),
    )
  })
})

/** A data plane in a few lines: the routes after the changes. */
function carriedOut(routes: Routes, changes: readonly Change[]): Routes {
  const after = new Map(routes)
  for (const change of changes) {
    if (change.kind === 'refresh-foundation') continue
    const route = after.get(change.key)
    if (change.kind === 'close') after.delete(change.key)
    else if (change.kind === 'open' || change.kind === 'reshape') after.set(change.key, change.route)
    else if (change.kind === 'add-backend' && route) {
      after.set(change.key, { ...route, backends: [...route.backends, change.backend] })
    } else if (change.kind === 'retire-backend' && route) {
      const backends = route.backends.filter((backend) => backendName(backend) !== change.name)
      after.set(change.key, { ...route, backends })
    }
  }
  return after
}
