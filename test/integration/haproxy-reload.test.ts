import { execFile } from 'node:child_process'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { plan } from '../../src/core/plan/plan.ts'
import { portKey } from '../../src/core/route.ts'
import { fileLimit } from '../../src/edge/haproxy/proc-fs.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { testHaproxy } from '../../src/testing/haproxy.ts'
import { aRoute, routesOf, to } from '../../src/testing/routes.ts'
import { openSession } from '../../src/testing/session.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'

const defer = onTestFinished
const BINARIES = [['haproxy'], [process.env['HOMEPORT_HAPROXY_3'] ?? '']].filter(([binary]) => binary !== '')

/** Calls the port again and again; `stop` tells how often, and how often in vain. */
function keepCalling(port: number) {
  let running = true
  const counts = { called: 0, failed: 0 }
  const caller = async () => {
    while (running) {
      counts.called++
      await connectAndRead({ port }).catch(() => counts.failed++)
    }
  }
  const callers = Array.from({ length: 4 }, caller)
  const stop = async () => {
    running = false
    await Promise.all(callers)
    return counts
  }
  defer(async () => void (await stop()))
  return stop
}

describe.each(BINARIES)('a reload of %s', (binary) => {
  it('fails no connection and cuts no session, and old workers are known', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [port, ...others] = await freePorts(6)
    const route = aRoute(port ?? 0, { backends: [to(node.host, node.port)] })
    const driver = (await testHaproxy(defer, { binary })).driver()
    let observed = await driver.observe(routesOf(route))
    const session = await openSession(defer, { port: route.port })
    await session.line()
    const stop = keepCalling(route.port)
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
    expect(status.oldWorkers.reduce((sum, worker) => sum + worker.sessions, 0)).toBe(1)
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

  it('refuses what needs it while a file in haproxy.d is wrong, and nothing else', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [port, other] = [await freePort(), await freePort()]
    const before = routesOf(aRoute(port, { backends: [to('127.0.0.9')] }))
    const haproxy = await testHaproxy(defer, { binary })
    const driver = haproxy.driver()
    const observed = await driver.observe(before)
    const own = join(haproxy.paths.include, 'own.cfg')
    await writeFile(own, 'listen mine\n    mode tcp\n    bogus\n')
    const after = routesOf(aRoute(port, { backends: [to(node.host, node.port)] }), aRoute(other))
    const { refused, observed: now } = await driver.apply(plan(after, observed), after)
    expect([...refused]).toEqual([
      [portKey('tcp', other), { code: 'haproxy-refused', detail: expect.stringContaining(`${own}:3`) }],
    ])
    expect(await connectAndRead({ port })).toMatch('node')

    await rm(own)
    const mended = await driver.apply(plan(after, now), after)
    expect(mended).toMatchObject({ refused: new Map(), reloaded: true })
  })

  it('forwards nothing at a port that was released, even while a file in haproxy.d is wrong', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [released, kept] = [await freePort(), await freePort()]
    const backends = [to(node.host, node.port)]
    const [route, other] = [aRoute(released, { backends }), aRoute(kept, { backends })]
    const haproxy = await testHaproxy(defer, { binary })
    const driver = haproxy.driver()
    const observed = await driver.observe(routesOf(route, other))
    const session = await openSession(defer, { port: released })
    await session.line()
    const own = join(haproxy.paths.include, 'own.cfg')
    await writeFile(own, 'listen mine\n    mode tcp\n    bogus\n')

    const less = routesOf(other)
    const outcome = await driver.apply(plan(less, observed), less)
    expect([...outcome.refused]).toEqual([
      [portKey('tcp', released), { code: 'haproxy-refused', detail: expect.stringContaining(`${own}:3`) }],
    ])
    expect(await connectAndRead({ port: released }).catch(() => '')).not.toMatch('node')
    expect(await connectAndRead({ port: kept })).toMatch('node')
    expect(await session.ask('still here')).toBe('still here')

    // Nor does a HAProxy that somebody starts now.
    const servers = async () => (await readFile(haproxy.paths.config, 'utf8')).match(/^ {4}server /gm)?.length
    await until(async () => (await servers()) === 1)

    const both = routesOf(route, other)
    const again = await driver.apply(plan(both, outcome.observed), both)
    expect(again).toMatchObject({ refused: new Map(), reloaded: false })
    expect(await connectAndRead({ port: released })).toMatch('node')
    await until(async () => (await servers()) === 2)
  })

  it('carries the sections of haproxy.d, which bring their own defaults or none', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [plain, own] = [await freePort(), await freePort()]
    const haproxy = await testHaproxy(defer, { binary })
    const driver = haproxy.driver()
    const observed = await driver.observe(new Map())
    const section = (name: string, port: number) =>
      `listen ${name}\n    mode tcp\n    bind 127.0.0.1:${port}\n    server a ${node.host}:${node.port}\n`
    await writeFile(join(haproxy.paths.include, '10-plain.cfg'), section(`tcp-${plain}`, plain))
    await writeFile(
      join(haproxy.paths.include, '20-own.cfg'),
      `defaults\n    timeout connect 1s\n\n${section('own', own)}`,
    )
    const routes = routesOf(aRoute(await freePort()))
    const outcome = await driver.apply(plan(routes, observed), routes)
    expect(outcome.refused).toEqual(new Map())
    const { config, include } = haproxy.paths
    const { stderr } = await promisify(execFile)(binary ?? '', ['-c', '-f', config, '-f', include])
    expect(stderr).not.toContain('ALERT')
    expect(await connectAndRead({ port: plain })).toMatch('node')
    expect(await connectAndRead({ port: own })).toMatch('node')
    expect(plan(routes, await haproxy.driver().observe(routes))).toEqual([])
  })

  it('is not even tried for a port that is taken, so that nobody is refused meanwhile', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [running, taken] = await freePorts(2)
    const backends = [to(node.host, node.port)]
    const driver = (await testHaproxy(defer, { binary })).driver()
    const routes = routesOf(aRoute(running ?? 0, { backends }))
    const observed = await driver.observe(routes)
    await echoServer(defer, { port: taken ?? 0, host: '127.0.0.1', name: 'another program' })
    const stop = keepCalling(running ?? 0)
    const more = new Map([...routes, ...routesOf(aRoute(taken ?? 0, { backends }))])
    const { refused } = await driver.apply(plan(more, observed), more)
    expect([...refused.keys()]).toEqual([portKey('tcp', taken ?? 0)])
    expect((await stop()).failed).toBe(0)
  })

  it('goes back to the last good file when haproxy.d wants a port that is taken, and is not tried twice', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const other = await echoServer(defer, { host: '127.0.0.1', name: 'another program' })
    const port = await freePort()
    const haproxy = await testHaproxy(defer, { binary })
    const driver = haproxy.driver()
    const before = routesOf(aRoute(port, { backends: [to(node.host, node.port)] }))
    const observed = await driver.observe(before)
    const good = await readFile(haproxy.paths.config, 'utf8')
    const own = `listen own\n    mode tcp\n    bind 127.0.0.1:${other.port}\n    server a 127.0.0.2:1\n`
    await writeFile(join(haproxy.paths.include, 'own.cfg'), own)

    const after = new Map([...before, ...routesOf(aRoute(await freePort()))])
    const { refused } = await driver.apply(plan(after, observed), after)
    expect([...refused.values()]).toEqual([
      { code: 'haproxy-refused', detail: expect.stringContaining('own.cfg:3] for proxy own: ') },
    ])
    expect(await readFile(haproxy.paths.config, 'utf8')).toBe(good)

    const stop = keepCalling(port)
    expect((await driver.apply(plan(after, observed), after)).refused).toEqual(refused)
    expect(await stop()).toMatchObject({ failed: 0 })
  })

  it('goes on without a port that was taken in the last moment', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [running, taken, free] = await freePorts(3)
    const backends = [to(node.host, node.port)]
    const gate = await gatedBinary(binary)
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

/** HAProxy behind a gate, at which each `haproxy -c` waits while it is closed. */
async function gatedBinary(binary: string) {
  const folder = await temporaryFolder(defer)
  const [script, gate, mark] = [join(folder, 'haproxy'), join(folder, 'gate'), join(folder, 'mark')]
  await writeFile(
    script,
    `#!/bin/sh\nif [ "$1" = -c ]; then touch ${mark}; while [ -e ${gate} ]; do sleep 0.01; done; fi\nexec ${binary} "$@"\n`,
  )
  await chmod(script, 0o755)
  return {
    binary: script,
    close: async () => {
      await rm(mark, { force: true })
      await writeFile(gate, '')
    },
    reached: () => until(() => readFile(mark).then(() => true)),
    open: async () => {
      await rm(gate)
    },
  }
}
