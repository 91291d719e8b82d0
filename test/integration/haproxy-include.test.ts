import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished as defer, describe, expect, it } from 'vitest'
import { plan } from '../../src/core/plan/plan.ts'
import { portKey } from '../../src/core/route.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { testHaproxy } from '../../src/testing/haproxy.ts'
import { keepCalling } from '../../src/testing/keep-calling.ts'
import { aRoute, routesOf, to } from '../../src/testing/routes.ts'
import { openSession } from '../../src/testing/session.ts'
import { until } from '../../src/testing/until.ts'

const BINARIES = [['haproxy'], [process.env['HOMEPORT_HAPROXY_3'] ?? '']].filter(([binary]) => binary !== '')

describe.each(BINARIES)('a reload of %s', (binary) => {
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

    const stop = keepCalling(defer, port)
    expect((await driver.apply(plan(after, observed), after)).refused).toEqual(refused)
    expect(await stop()).toMatchObject({ failed: 0 })
  })
})
