import { readFile } from 'node:fs/promises'
import { onTestFinished as defer, describe, expect, it } from 'vitest'
import { serverText } from '../../src/core/haproxy/server.ts'
import { plan } from '../../src/core/plan/plan.ts'
import { type Backend, portKey } from '../../src/core/route.ts'
import { fileLimit } from '../../src/edge/haproxy/proc-fs.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { gatedBinary } from '../../src/testing/gated-binary.ts'
import { testHaproxy } from '../../src/testing/haproxy.ts'
import { aRoute, routesOf, to } from '../../src/testing/routes.ts'

/** Two backends whose ids are the same. */
function namesakes(): [Backend, Backend] {
  const known = new Map<string, Backend>()
  for (let number = 0; ; number++) {
    const backend = to(`127.0.${number % 250}.2`, 20_000 + Math.floor(number / 250))
    const id = / id (\d+) /.exec(`${serverText(backend, aRoute(1, { affinity: 'client-ip' }))} `)?.[1] ?? ''
    const twin = known.get(id)
    if (twin) return [twin, backend]
    known.set(id, backend)
  }
}

const BINARIES = [['haproxy'], [process.env['HOMEPORT_HAPROXY_3'] ?? '']].filter(([binary]) => binary !== '')

describe.each(BINARIES)('a reload of %s', (binary) => {
  it('leaves out the route that HAProxy refuses, and names its words', async () => {
    const [good, bad] = [await freePort(), await freePort()]
    const driver = (await testHaproxy(defer, { binary })).driver()
    const observed = await driver.observe(new Map())
    const routes = routesOf(aRoute(good), aRoute(bad, { allow: ['300.300.300.300'] }))
    const { refused, observed: after } = await driver.apply(plan(routes, observed), routes)
    expect([...refused.keys()]).toEqual([portKey('tcp', bad)])
    expect(refused.get(portKey('tcp', bad))).toMatchObject({
      code: 'haproxy-refused',
      detail: expect.stringContaining("'300.300.300.300' is not a valid IPv4 or IPv6 address"),
    })
    expect([...after.routes.keys()]).toEqual([portKey('tcp', good)])
  })

  it('keeps what runs when a change of it is refused', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const port = await freePort()
    const backends = [to(node.host, node.port)]
    const driver = (await testHaproxy(defer, { binary })).driver()
    const observed = await driver.observe(routesOf(aRoute(port, { backends })))
    const routes = routesOf(aRoute(port, { backends, allow: ['nowhere'] }), aRoute(await freePort()))
    const { refused, reloaded } = await driver.apply(plan(routes, observed), routes)
    expect([...refused.keys()]).toEqual([portKey('tcp', port)])
    expect(reloaded).toBe(true)
    expect(await connectAndRead({ port })).toMatch('node')
  })

  it('has no backend harm other ports that it takes neither at run time nor from its file', async () => {
    const [port, other] = [await freePort(), await freePort()]
    const [one, twin] = namesakes()
    const haproxy = await testHaproxy(defer, { binary })
    const driver = haproxy.driver()
    const shared = { affinity: 'client-ip' } as const
    const observed = await driver.observe(routesOf(aRoute(port, { ...shared, backends: [one] })))
    const grown = aRoute(port, { ...shared, backends: [one, twin] })
    const first = await driver.apply(plan(routesOf(grown), observed), routesOf(grown))
    expect([...first.refused]).toMatchObject([[portKey('tcp', port), { code: 'haproxy-refused' }]])
    const both = routesOf(grown, aRoute(other))
    const second = await driver.apply(plan(both, first.observed), both)
    expect([...second.refused.keys()]).toEqual([portKey('tcp', port)])
    expect([...second.observed.routes.keys()]).toContain(portKey('tcp', other))
    // Nor in what the next HAProxy would be started with, of this daemon or of one that adopts it.
    await haproxy.driver().observe(both)
    await driver.close()
    expect(await readFile(haproxy.paths.config, 'utf8')).not.toContain(`server ${twin.address}:${twin.port} `)
  })

  it('goes on without a port that was taken in the last moment', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [running, taken, free] = await freePorts(3)
    const backends = [to(node.host, node.port)]
    const gate = await gatedBinary(defer, binary)
    const haproxy = await testHaproxy(defer, { binary: gate.binary })
    const driver = haproxy.driver()
    const routes = routesOf(aRoute(running ?? 0, { backends }))
    const observed = await driver.observe(routes)

    await gate.close()
    const more = new Map([
      ...routes,
      ...routesOf(aRoute(taken ?? 0, { backends }), aRoute(free ?? 0, { backends })),
    ])
    const applying = driver.apply(plan(more, observed), more)
    await gate.reached()
    const other = await echoServer(defer, { port: taken ?? 0, name: 'another program' })
    await gate.open()
    const outcome = await applying
    expect([...outcome.refused].map(([key, { code }]) => [key, code])).toEqual([
      [portKey('tcp', taken ?? 0), 'port-taken-on-host'],
    ])
    expect(await connectAndRead({ port: running ?? 0 })).toMatch('node')
    expect(await connectAndRead({ port: free ?? 0 })).toMatch('node')
    expect(await readFile(haproxy.paths.config, 'utf8')).not.toContain(`tcp-${taken}`)
    await other.stop()
    expect((await driver.apply(plan(more, outcome.observed), more)).refused).toEqual(new Map())
  })

  it('keeps to them at run time too, and lets backends move', async () => {
    const [port, other] = (await freePorts(2)).map(Number)
    const key = portKey('tcp', port ?? 0)
    const check = { type: 'tcp' } as const
    const backends = Array.from({ length: 3 }, (_, index) => to(`127.0.1.${index}`))
    const [first, second] = backends.map((backend) => [backend])
    // 5 or 6 are left for routes: two addresses each, and one backend of one of them.
    const maxConnections = Math.floor((fileLimit() - 200 - 5) / 2)
    const haproxy = await testHaproxy(defer, { binary, maxConnections })
    const driver = haproxy.driver()
    const routes = (some: typeof backends) =>
      routesOf(aRoute(port ?? 0, { check, backends: some }), aRoute(other ?? 0))
    const observed = await driver.observe(routes(first ?? []))

    const more = routes(backends)
    const outcome = await driver.apply(plan(more, observed), more)
    expect(outcome).toMatchObject({ reloaded: false })
    expect([...outcome.refused].map(([at, { code }]) => [at, code])).toEqual([[key, 'edge-full']])
    expect([...(outcome.observed.routes.get(key)?.backends.keys() ?? [])]).toEqual(['127.0.1.0:30843'])
    await driver.close()
    expect(await readFile(haproxy.paths.config, 'utf8')).not.toContain('127.0.1.1:30843')

    const moved = routes(second ?? [])
    const after = await driver.apply(plan(moved, outcome.observed), moved)
    expect(after).toMatchObject({ refused: new Map(), reloaded: false })
    expect(after.observed.routes.get(key)?.backends.get('127.0.1.1:30843')?.admission).toBe('ready')
  })

  it('keeps to the files that HAProxy may open', async () => {
    const ports = (await freePorts(3)).sort((a, b) => a - b)
    const backends = Array.from({ length: 256 }, (_, index) => to(`127.0.1.${index}`))
    const routes = routesOf(...ports.map((port) => aRoute(port, { check: { type: 'tcp' }, backends })))
    // 600 are left for routes, and each of these takes 258.
    const maxConnections = Math.floor((fileLimit() - 200 - 600) / 2)
    const driver = (await testHaproxy(defer, { binary, maxConnections })).driver()
    const outcome = await driver.apply(plan(routes, await driver.observe(new Map())), routes)
    expect([...outcome.refused].map(([key, { code }]) => [key, code])).toEqual([
      [portKey('tcp', ports[2] ?? 0), 'edge-full'],
    ])
  })
})
