import { expect, it, onTestFinished } from 'vitest'
import type { Driver } from '../../src/core/plan/driver.ts'
import type { Observed } from '../../src/core/plan/observed.ts'
import { plan } from '../../src/core/plan/plan.ts'
import { type PortKey, portKey, type Route, type Routes } from '../../src/core/route.ts'
import type { Defer } from '../../src/testing/cleanup.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { aRoute, routesOf, to } from '../../src/testing/routes.ts'
import { until } from '../../src/testing/until.ts'

export interface DriverHarness {
  readonly driver: Driver
  /** Another program listens on the port, until the returned function is called. */
  takePort(port: number): Promise<() => Promise<void>>
}

/** What every driver must do. Called in a `describe` of its own for each. */
export function driverContract(make: (defer: Defer) => Promise<DriverHarness>): void {
  const begin = async (routes: Routes = new Map()) => {
    const harness = await make(onTestFinished)
    const observed = await harness.driver.observe(routes)
    return { ...harness, observed }
  }

  it('starts with what is wanted', async () => {
    const routes = routesOf(...(await freePorts(3)).map((port) => aRoute(port)))
    const { driver, observed } = await begin(routes)
    expect(plan(routes, observed)).toEqual([])
    expect([...observed.routes.keys()].sort()).toEqual([...routes.keys()].sort())
    expect((await driver.status()).state).toBe('running')
  })

  it('opens and closes ports, several in one reload', async () => {
    const { driver, observed } = await begin()
    const routes = routesOf(...(await freePorts(5)).map((port) => aRoute(port)))
    const opened = await driver.apply(plan(routes, observed), routes)
    expect(observed.routes.size).toBe(0)
    expect(opened).toMatchObject({ refused: new Map(), reloaded: true })
    expect(plan(routes, opened.observed)).toEqual([])
    expect((await driver.status()).reloads).toBe(1)

    const rest = new Map([...routes].slice(2))
    const closed = await driver.apply(plan(rest, opened.observed), rest)
    expect(new Set(closed.observed.routes.keys())).toEqual(new Set(rest.keys()))
    for (const { port } of [...routes.values()].slice(0, 2)) {
      await echoServer(onTestFinished, { port, name: 'whoever wants it now' })
    }
    expect(plan(rest, await driver.observe(rest))).toEqual([])
  })

  it('moves a backend without a reload', async () => {
    const [port, other] = await twoPorts()
    const before = routesOf(aRoute(port, { backends: [to('127.0.0.2')] }), aRoute(other))
    const { driver, observed } = await begin(before)
    const seen = structuredClone(observed)
    const after = routesOf(aRoute(port, { backends: [to('127.0.0.3')] }), aRoute(other))
    const outcome = await driver.apply(plan(after, observed), after)
    // What was seen before is not what is seen now.
    expect(observed).toEqual(seen)
    expect(outcome).toMatchObject({ refused: new Map(), reloaded: false })
    expect(plan(after, outcome.observed)).toEqual([])
    expect(admissions(outcome.observed, portKey('tcp', port))).toMatchObject({ '127.0.0.3:30843': 'ready' })
    expect(outcome.observed.routes.get(portKey('tcp', other))).toEqual(
      observed.routes.get(portKey('tcp', other)),
    )
    expect((await driver.status()).reloads).toBe(0)
  })

  it('lets a backend leave, and in the end be gone', async () => {
    const port = await freePort()
    const before = routesOf(aRoute(port, { backends: [to('127.0.0.2'), to('127.0.0.3')] }))
    const { driver, observed } = await begin(before)
    const after = routesOf(aRoute(port, { backends: [to('127.0.0.3')] }))
    const { observed: leaving } = await driver.apply(plan(after, observed), after)
    expect(admissions(leaving, portKey('tcp', port))['127.0.0.2:30843']).toBe('leaving')
    await until(async () => {
      const { routes } = await driver.observe(after)
      return routes.get(portKey('tcp', port))?.backends.size === 1
    })
  })

  it('takes a leaving backend back', async () => {
    const port = await freePort()
    const both = routesOf(aRoute(port, { backends: [to('127.0.0.2'), to('127.0.0.3')] }))
    const { driver, observed } = await begin(both)
    const one = routesOf(aRoute(port, { backends: [to('127.0.0.3')] }))
    const leaving = await driver.apply(plan(one, observed), one)
    const back = await driver.apply(plan(both, leaving.observed), both)
    expect(back.reloaded).toBe(false)
    expect(plan(both, back.observed)).toEqual([])
    expect(plan(both, await driver.observe(both))).toEqual([])
  })

  it.each<[string, Partial<Route>]>([
    ['a check', { check: { type: 'tcp' } }],
    ['a check of another port', { check: { type: 'tcp', port: 30844 } }],
    ['an HTTP check', { check: { type: 'http', path: "/it's?a=b%20c;(d)~!&*,+:@" } }],
    ['ranges', { allow: ['192.0.2.0/24', '2001:db8::/32'] }],
    ['256 ranges', { allow: Array.from({ length: 256 }, (_, index) => `2001:db8:1:2:3:4:5:${index}/128`) }],
    ['nobody allowed', { allow: [] }],
    ['affinity', { affinity: 'client-ip' }],
    ['the PROXY protocol', { backends: [to('127.0.0.2', 30843, 'v1'), to('127.0.0.3', 30843, 'v2')] }],
    ['IPv6 backends', { backends: [to('::1'), to('2001:db8::1', 1)] }],
  ])('reshapes a route and back: %s', async (_, more) => {
    const port = await freePort()
    const plain = routesOf(aRoute(port))
    const { driver, observed } = await begin(plain)
    const shaped = routesOf(aRoute(port, more))
    const there = await driver.apply(plan(shaped, observed), shaped)
    expect(there.refused).toEqual(new Map())
    const seen = await driver.observe(shaped)
    expect(plan(shaped, seen)).toEqual([])
    const back = await driver.apply(plan(plain, seen), plain)
    expect(back.refused).toEqual(new Map())
    expect(plan(plain, back.observed)).toEqual([])
  })

  it('refuses a port that another program has, harms no neighbour, and gives it when it is free', async () => {
    const [taken, free] = await twoPorts()
    const { driver, takePort } = await begin()
    const release = await takePort(taken)
    const routes = routesOf(aRoute(taken), aRoute(free))
    const first = await driver.apply(plan(routes, await driver.observe(routes)), routes)
    expect([...first.refused].map(([key, { code }]) => [key, code])).toEqual([
      [portKey('tcp', taken), 'port-taken-on-host'],
    ])
    expect(new Set(first.observed.routes.keys())).toEqual(new Set([portKey('tcp', free)]))

    const again = await driver.apply(plan(routes, first.observed), routes)
    expect(again).toMatchObject({ reloaded: false })
    expect(again.refused.has(portKey('tcp', taken))).toBe(true)

    await release()
    const last = await driver.apply(plan(routes, again.observed), routes)
    expect(last.refused).toEqual(new Map())
    expect(plan(routes, last.observed)).toEqual([])
  })

  it('starts without the port that another program has', async () => {
    const [taken, free] = await twoPorts()
    const { driver, takePort } = await make(onTestFinished)
    await takePort(taken)
    const observed = await driver.observe(routesOf(aRoute(taken), aRoute(free)))
    expect([...observed.routes.keys()]).toEqual([portKey('tcp', free)])
  })

  it('refuses what it does not carry', async () => {
    const { driver, observed } = await begin()
    const routes = routesOf(aRoute(await freePort(), { protocol: 'udp' }))
    const { refused, reloaded } = await driver.apply(plan(routes, observed), routes)
    expect([...refused.values()].map(({ code }) => code)).toEqual(['protocol-unsupported'])
    expect(reloaded).toBe(false)
  })

  it('keeps a port open that has no backend left, also through a reload', async () => {
    const [port, other] = await twoPorts()
    const before = routesOf(aRoute(port))
    const { driver, observed } = await begin(before)
    const empty = routesOf(aRoute(port, { backends: [] }))
    const retired = await driver.apply(plan(empty, observed), empty)
    expect(retired.reloaded).toBe(false)
    const both = routesOf(aRoute(port, { backends: [] }), aRoute(other))
    const reloaded = await driver.apply(plan(both, retired.observed), both)
    expect(reloaded).toMatchObject({ refused: new Map(), reloaded: true })
    const seen = await driver.observe(both)
    expect(plan(both, seen)).toEqual([])
    expect(seen.routes.get(portKey('tcp', port))?.backends.size).toBe(0)
    const back = await driver.apply(plan(before, seen), before)
    expect(plan(before, back.observed)).toEqual([])
  })

  it('gets from anywhere to anywhere', async () => {
    const ports = await freePorts(4)
    const { driver, observed } = await begin()
    let seen: Observed = observed
    for (let step = 1; step <= 8; step++) {
      const routes = routesOf(...ports.flatMap((port, index) => variant(port, (step * 7 + index * 3) % 5)))
      seen = (await driver.apply(plan(routes, seen), routes)).observed
      expect(plan(routes, seen), `step ${step}`).toEqual([])
      if (step % 3 === 0) seen = await driver.observe(routes)
      expect(plan(routes, seen), `step ${step}, looked at again`).toEqual([])
    }
  })
}

/** A port's life: absent, one backend, two, another, another shape. */
function variant(port: number, which: number): Route[] {
  switch (which) {
    case 0:
      return []
    case 1:
      return [aRoute(port, { backends: [to('127.0.0.2')] })]
    case 2:
      return [aRoute(port, { backends: [to('127.0.0.2'), to('127.0.0.3')] })]
    case 3:
      return [aRoute(port, { backends: [to('127.0.0.3')] })]
    default:
      return [aRoute(port, { backends: [to('127.0.0.3')], check: { type: 'tcp' }, allow: ['127.0.0.0/8'] })]
  }
}

async function twoPorts(): Promise<[number, number]> {
  return [await freePort(), await freePort()]
}

function admissions({ routes }: Observed, key: PortKey): Record<string, string> {
  const backends = routes.get(key)?.backends.values() ?? []
  return Object.fromEntries([...backends].map(({ name, admission }) => [name, admission]))
}
