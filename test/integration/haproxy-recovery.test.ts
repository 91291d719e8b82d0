import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DataPlaneUnavailable, type Driver } from '../../src/core/plan/driver.ts'
import type { Observed } from '../../src/core/plan/observed.ts'
import { plan } from '../../src/core/plan/plan.ts'
import { portKey, type Routes } from '../../src/core/route.ts'
import { ask } from '../../src/edge/haproxy/cli.ts'
import { haproxyArguments } from '../../src/edge/haproxy/paths.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { isAlive, signal } from '../../src/testing/end-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { freeze } from '../../src/testing/freeze.ts'
import { testHaproxy } from '../../src/testing/haproxy.ts'
import { aRoute, routesOf, to } from '../../src/testing/routes.ts'
import { openSession } from '../../src/testing/session.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'

const defer = onTestFinished
const BINARIES = [['haproxy'], [process.env['HOMEPORT_HAPROXY_3'] ?? '']].filter(([binary]) => binary !== '')

/** Looks until the driver has a HAProxy again. */
async function lookUntilThere(driver: Driver, routes: Routes): Promise<Observed> {
  return await until(() => driver.observe(routes), { deadline: 30_000 })
}

async function pidOf(driver: Driver): Promise<number> {
  const { pid } = await driver.status()
  if (pid === undefined) throw new Error('HAProxy is not running')
  return pid
}

/** Holds so many connections to a CLI socket open, each of which HAProxy has answered. */
async function occupy(socketPath: string, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => createConnection(socketPath))
  defer(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.all(
    sockets.map((socket) => {
      socket.write('prompt\n')
      return once(socket, 'data')
    }),
  )
  return sockets
}

describe.each(BINARIES)('recovery of %s', (binary) => {
  async function served() {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const port = await freePort()
    const routes = routesOf(aRoute(port, { backends: [to(node.host, node.port)] }))
    const haproxy = await testHaproxy(defer, { binary })
    const driver = haproxy.driver()
    await driver.observe(routes)
    return { node, port, routes, haproxy, driver }
  }

  it.each(['the worker', 'the master', 'all'])('starts HAProxy again when %s was killed', async (who) => {
    const { haproxy, driver, port, routes } = await served()
    const worker = await pidOf(driver)
    const master = haproxy.process.pids().filter((pid) => pid !== worker)
    for (const pid of { 'the worker': [worker], 'the master': master, all: [...master, worker] }[who] ?? []) {
      signal(pid, 'SIGKILL')
    }
    await until(() => !isAlive(worker))
    const observed = await lookUntilThere(driver, routes)
    expect(plan(routes, observed)).toEqual([])
    expect(await connectAndRead({ port })).toMatch('node')
    expect(haproxy.events.map(({ type }) => type)).toEqual(['haproxy-started', 'haproxy-started'])
  })

  it('ends a HAProxy that hangs, and starts another', async () => {
    const { haproxy, driver, port, routes } = await served()
    const worker = await pidOf(driver)
    await freeze(worker)
    await expect(driver.observe(routes)).rejects.toThrow(DataPlaneUnavailable)
    expect(isAlive(worker)).toBe(true)
    await lookUntilThere(driver, routes)
    expect(isAlive(worker)).toBe(false)
    expect(await connectAndRead({ port })).toMatch('node')
    expect(haproxy.process.pids()).toHaveLength(2)
  })

  it('leaves a HAProxy alone whose CLI others use up, since it serves', async () => {
    const { haproxy, port, routes } = await served()
    let time = 0
    const driver = haproxy.driver(() => time)
    await driver.observe(routes)
    const worker = await pidOf(driver)
    const others = await occupy(haproxy.paths.statsSocket, 100)
    for (; time < 60_000; time += 20_000) {
      await expect(driver.observe(routes)).rejects.toThrow(DataPlaneUnavailable)
    }
    expect(isAlive(worker)).toBe(true)
    expect(await connectAndRead({ port })).toMatch('node')
    for (const other of others) other.destroy()
    await lookUntilThere(driver, routes)
    expect(await pidOf(driver)).toBe(worker)
  })

  it('leaves a HAProxy alone whose socket another hand has removed, since it serves', async () => {
    const { haproxy, port, routes } = await served()
    let time = 0
    const driver = haproxy.driver(() => time)
    await driver.observe(routes)
    const worker = await pidOf(driver)
    await rm(haproxy.paths.statsSocket)
    for (; time < 60_000; time += 20_000) {
      await expect(driver.observe(routes)).rejects.toThrow(DataPlaneUnavailable)
    }
    expect(isAlive(worker)).toBe(true)
    expect(await connectAndRead({ port })).toMatch('node')
  })

  it("leaves the operator's sessions alone where nothing of ours is served and the socket was removed", async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const port = await freePort()
    const haproxy = await testHaproxy(defer, { binary })
    await mkdir(haproxy.paths.include, { recursive: true })
    const own = `listen own\n  bind 127.0.0.1:${port}\n  server node ${node.host}:${node.port}\n`
    await writeFile(join(haproxy.paths.include, 'own.cfg'), own)
    let time = 0
    const driver = haproxy.driver(() => time)
    await driver.observe(new Map())
    const session = await openSession(defer, { port })
    await session.line()
    await rm(haproxy.paths.statsSocket)
    for (; time < 60_000; time += 20_000) {
      await expect(driver.observe(new Map())).rejects.toThrow(DataPlaneUnavailable)
    }
    expect(await session.ask('still here?')).toBe('still here?')
  })

  it('forgives a HAProxy that was away for a moment', async () => {
    const { haproxy, driver, routes } = await served()
    const worker = await pidOf(driver)
    await freeze(worker)
    await expect(driver.observe(routes)).rejects.toThrow(DataPlaneUnavailable)
    process.kill(worker, 'SIGCONT')
    const observed = await lookUntilThere(driver, routes)
    expect(plan(routes, observed)).toEqual([])
    expect(await pidOf(driver)).toBe(worker)
    expect(haproxy.events.map(({ type }) => type)).toEqual(['haproxy-started'])
  })

  it('puts back a configuration that another hand changed and loaded', async () => {
    const { haproxy, driver, port, routes } = await served()
    const { config, masterSocket } = haproxy.paths
    const text = await readFile(config, 'utf8')
    await writeFile(config, text.replace('balance leastconn', 'balance roundrobin'))
    const worker = await pidOf(driver)
    await ask(masterSocket, 'reload', { timeout: 10_000, halfClose: true })
    await until(async () => (await driver.status()).pid !== worker)
    const observed = await driver.observe(routes)
    expect(observed.foundationCurrent).toBe(false)
    const outcome = await driver.apply(plan(routes, observed), routes)
    expect(outcome).toMatchObject({ refused: new Map(), reloaded: true })
    expect(await readFile(config, 'utf8')).toBe(text)
    expect(plan(routes, await driver.observe(routes))).toEqual([])
    expect(await connectAndRead({ port })).toMatch('node')
  })

  it('puts back a configuration that says nothing of Homeport', async () => {
    const { haproxy, driver, node, port, routes } = await served()
    const { config, masterSocket, statsSocket } = haproxy.paths
    await writeFile(
      config,
      `global
    stats socket ${statsSocket} mode 600 level admin
defaults
    mode tcp
    timeout connect 1s
    timeout client 1h
    timeout server 1h
listen somebody
    bind 127.0.0.1:${port}
    server a ${node.host}:${node.port}
`,
    )
    const worker = await pidOf(driver)
    await ask(masterSocket, 'reload', { timeout: 10_000, halfClose: true })
    await until(async () => (await driver.status()).pid !== worker)
    const observed = await driver.observe(routes)
    expect(observed.foundationCurrent).toBe(false)
    // The stranger has our port: it is refused at first, and ours once the stranger is gone.
    const first = await driver.apply(plan(routes, observed), routes)
    const last = await driver.apply(plan(routes, first.observed), routes)
    expect(last.refused).toEqual(new Map())
    expect(plan(routes, last.observed)).toEqual([])
    expect(await connectAndRead({ port })).toMatch('node')
  })

  it('rewrites a file that another hand changed and did not load', async () => {
    const { haproxy, driver, routes } = await served()
    const text = await readFile(haproxy.paths.config, 'utf8')
    await writeFile(haproxy.paths.config, `${text}bogus\n`)
    const observed = await driver.observe(routes)
    expect(observed.foundationCurrent).toBe(true)
    await until(async () => (await readFile(haproxy.paths.config, 'utf8')) === text)
  })

  it('writes what it changed at run time, for whoever starts HAProxy next', async () => {
    const { haproxy, driver, port, routes } = await served()
    const moved = routesOf(aRoute(port, { backends: [to('127.0.0.7', 7)] }))
    await driver.apply(plan(moved, await driver.observe(routes)), moved)
    await driver.close()
    expect(await readFile(haproxy.paths.config, 'utf8')).toContain('server 127.0.0.7:7 127.0.0.7:7\n')
  })

  it('says what is wrong when HAProxy cannot be started', async () => {
    const haproxy = await testHaproxy(defer, { binary: '/nonexistent/haproxy' })
    await expect(haproxy.driver().observe(new Map())).rejects.toThrow(/cannot run .*nonexistent.haproxy/)
  })
})

describe.each(BINARIES)('adoption of %s', (binary) => {
  it('is exact: the same worker, no reload, and its sessions live', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const [port, checked, taken] = [await freePort(), await freePort(), await freePort()]
    await echoServer(defer, { port: taken, name: 'another program' })
    const backends = [to(node.host, node.port)]
    const routes = routesOf(
      aRoute(port, { backends }),
      aRoute(checked, { backends, check: { type: 'http', path: "/it's" }, allow: ['127.0.0.0/8'] }),
      aRoute(taken, { backends }),
    )
    const haproxy = await testHaproxy(defer, { binary })
    const first = haproxy.driver()
    await first.observe(routes)
    const session = await openSession(defer, { port })
    await session.line()
    const worker = await pidOf(first)

    const second = haproxy.driver()
    const observed = await second.observe(routes)
    expect(observed.foundationCurrent).toBe(true)
    expect(plan(routes, observed).map(({ kind }) => kind)).toEqual(['open'])
    expect(await second.apply(plan(routes, observed), routes)).toMatchObject({ reloaded: false })
    expect(await pidOf(second)).toBe(worker)
    expect(await session.ask('hello')).toBe('hello')
    expect(haproxy.events.map(({ type }) => type)).toEqual(['haproxy-started', 'haproxy-adopted'])
  })

  it('heals servers at run time, and finds those that leave', async () => {
    const port = await freePort()
    const key = portKey('tcp', port)
    const haproxy = await testHaproxy(defer, { binary })
    const first = haproxy.driver()
    const before = routesOf(aRoute(port, { backends: [to('127.0.0.2'), to('127.0.0.3')] }))
    const less = routesOf(aRoute(port, { backends: [to('127.0.0.3')] }))
    await first.apply(plan(less, await first.observe(before)), less)

    // Killed before it wrote the file; the next one wants a third backend, too.
    const more = routesOf(aRoute(port, { backends: [to('127.0.0.3'), to('127.0.0.4')] }))
    const second = haproxy.driver()
    const observed = await second.observe(more)
    const changes = plan(more, observed)
    expect(changes.map(({ kind }) => kind)).toEqual(['add-backend'])
    const outcome = await second.apply(changes, more)
    expect(outcome).toMatchObject({ refused: new Map(), reloaded: false })
    await until(async () => {
      const names = [...((await second.observe(more)).routes.get(key)?.backends.keys() ?? [])]
      return names.join() === '127.0.0.3:30843,127.0.0.4:30843'
    })
  })

  it('loads anew what was made with other settings', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const port = await freePort()
    const routes = routesOf(aRoute(port, { backends: [to(node.host, node.port)] }))
    const haproxy = await testHaproxy(defer, { binary })
    await haproxy.driver().observe(routes)
    const stranger = haproxy.driver(undefined, { idleTimeout: 3_600_000 })
    const observed = await stranger.observe(routes)
    expect(observed.foundationCurrent).toBe(false)
    expect(plan(routes, observed).map(({ kind }) => kind)).toEqual(['refresh-foundation'])
    expect(await stranger.apply(plan(routes, observed), routes)).toMatchObject({ reloaded: true })
    expect(plan(routes, await stranger.observe(routes))).toEqual([])
    expect(await connectAndRead({ port })).toMatch('node')
  })

  it('leaves the start to a service, and gives it a configuration', async () => {
    const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
    const port = await freePort()
    const routes = routesOf(aRoute(port, { backends: [to(node.host, node.port)] }))
    const haproxy = await testHaproxy(defer, { binary, start: 'service' })
    const driver = haproxy.driver()
    await expect(driver.observe(routes)).rejects.toThrow('its service is expected to start it')
    await startProcess(defer, binary ?? '', haproxyArguments(haproxy.paths))
    expect(plan(routes, await lookUntilThere(driver, routes))).toEqual([])
    expect(await connectAndRead({ port })).toMatch('node')
  })
})
