import { onTestFinished as defer, describe, expect, it } from 'vitest'
import { plan } from '../../src/core/plan/plan.ts'
import { portKey } from '../../src/core/route.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { testHaproxy } from '../../src/testing/haproxy.ts'
import { keepCalling } from '../../src/testing/keep-calling.ts'
import { aRoute, routesOf, to } from '../../src/testing/routes.ts'
import { openSession } from '../../src/testing/session.ts'
import { until } from '../../src/testing/until.ts'

const BINARIES = [['haproxy'], [process.env['HOMEPORT_HAPROXY_3'] ?? '']].filter(([binary]) => binary !== '')

describe.each(BINARIES)('a reload of %s', (binary) => {
  it('fails no connection and cuts no session, and old workers are known', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [port, ...others] = await freePorts(6)
    const route = aRoute(port ?? 0, { backends: [to(node.host, node.port)] })
    const driver = (await testHaproxy(defer, { binary })).driver()
    let observed = await driver.observe(routesOf(route))
    const session = await openSession(defer, { port: route.port })
    await session.line()
    const stop = keepCalling(defer, route.port)
    for (const other of others) {
      const routes = routesOf(route, aRoute(other, { backends: route.backends }))
      observed = (await driver.apply(plan(routes, observed), routes)).observed
      await connectAndRead({ port: other })
    }
    const { called, failed } = await stop()
    expect(called).toBeGreaterThan(5)
    expect(failed).toBe(0)
    expect(await session.ask('alive?')).toBe('alive?')
    const status = await driver.status()
    expect(status.reloads).toBe(5)
    expect(status.oldWorkers.reduce((sum, { sessions = 0 }) => sum + sessions, 0)).toBe(1)
  })

  it('bounds the old workers, and cuts no session off before', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const ports = await freePorts(5)
    const backends = [to(node.host, node.port)]
    const driver = (await testHaproxy(defer, { binary, maxOldWorkers: 2 })).driver()
    let observed = await driver.observe(new Map())
    const sessions: Awaited<ReturnType<typeof openSession>>[] = []
    for (const port of ports) {
      const routes = routesOf(aRoute(port, { backends }))
      observed = (await driver.apply(plan(routes, observed), routes)).observed
      const session = await openSession(defer, { port })
      await session.line()
      sessions.push(session)
    }
    const routes = routesOf(aRoute(ports[4] ?? 0, { backends }))
    await until(async () => {
      await driver.observe(routes)
      return (await driver.status()).oldWorkers.length <= 2
    })
    for (const session of sessions.slice(-3)) {
      expect(await session.ask('still here')).toBe('still here')
    }
  })

  it('cuts no session off for the number of reloads alone', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [first = 0, ...others] = await freePorts(6)
    const backends = [to(node.host, node.port)]
    const driver = (await testHaproxy(defer, { binary, maxOldWorkers: 2 })).driver()
    let observed = await driver.observe(routesOf(aRoute(first, { backends })))
    const session = await openSession(defer, { port: first })
    await session.line()
    for (const port of others) {
      const routes = routesOf(aRoute(first, { backends }), aRoute(port, { backends }))
      observed = (await driver.apply(plan(routes, observed), routes)).observed
      observed = await driver.observe(routes)
    }
    expect(await session.ask('still here')).toBe('still here')
  })

  it('knows from its predecessor who is down', async () => {
    const node = await echoServer(defer, { host: '127.0.0.3', name: 'alive' })
    const port = await freePort()
    const key = portKey('tcp', port)
    const backends = [to('127.0.0.2', node.port), to('127.0.0.3', node.port)]
    const route = aRoute(port, { check: { type: 'tcp' }, backends })
    const driver = (await testHaproxy(defer, { binary })).driver()
    const observed = await until(async () => {
      const seen = await driver.observe(routesOf(route))
      const health = [...(seen.routes.get(key)?.backends.values() ?? [])].map((backend) => backend.health)
      return health.join() === 'down,up' && seen
    })
    const routes = routesOf(route, aRoute(await freePort()))
    const after = await driver.apply(plan(routes, observed), routes)
    const health = [...(after.observed.routes.get(key)?.backends.values() ?? [])].map(
      (backend) => backend.health,
    )
    expect(health).toEqual(['down', 'up'])
  })

  it('is not even tried for a port that is taken, so that nobody is refused meanwhile', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [running, taken] = await freePorts(2)
    const backends = [to(node.host, node.port)]
    const driver = (await testHaproxy(defer, { binary })).driver()
    const routes = routesOf(aRoute(running ?? 0, { backends }))
    const observed = await driver.observe(routes)
    await echoServer(defer, { port: taken ?? 0, host: '127.0.0.1', name: 'another program' })
    const stop = keepCalling(defer, running ?? 0)
    const more = new Map([...routes, ...routesOf(aRoute(taken ?? 0, { backends }))])
    const { refused } = await driver.apply(plan(more, observed), more)
    expect([...refused.keys()]).toEqual([portKey('tcp', taken ?? 0)])
    expect((await stop()).failed).toBe(0)
  })
})
