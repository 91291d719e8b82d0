import { createConnection } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { plan } from '../../src/core/plan/plan.ts'
import { type PortKey, portKey, type Routes } from '../../src/core/route.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { testHaproxy } from '../../src/testing/haproxy.ts'
import { proxyHeaderServer } from '../../src/testing/proxy-header-server.ts'
import { aRoute, routesOf, to } from '../../src/testing/routes.ts'
import { openSession } from '../../src/testing/session.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'

const defer = onTestFinished
const TCP = { check: { type: 'tcp' } } as const

async function serving(routes: Routes) {
  const driver = (await testHaproxy(defer)).driver()
  let observed = await driver.observe(routes)
  expect(plan(routes, observed)).toEqual([])
  return {
    driver,
    async want(next: Routes) {
      const outcome = await driver.apply(plan(next, observed), next)
      expect(outcome.refused).toEqual(new Map())
      observed = outcome.observed
      return outcome
    },
    /** Looks until the backend is in that health. */
    async health(key: PortKey, name: string, wanted: string) {
      return await until(async () => {
        observed = await driver.observe(routes)
        const backend = observed.routes.get(key)?.backends.get(name)
        return backend?.health === wanted && backend
      })
    },
  }
}

/** A node: the same port at each of the addresses. */
async function nodes(...addresses: string[]) {
  const port = await freePort()
  return await Promise.all(addresses.map((host) => echoServer(defer, { host, port, name: host })))
}

it('sends new connections to the new address at once, and lets old ones go on', async () => {
  const [before, after] = await nodes('127.0.0.2', '127.0.0.3')
  const port = await freePort()
  const { want, driver } = await serving(
    routesOf(aRoute(port, { backends: [to('127.0.0.2', before?.port)] })),
  )
  const session = await openSession(defer, { port })
  expect(await session.line()).toMatch('127.0.0.2')

  const moved = routesOf(aRoute(port, { backends: [to('127.0.0.3', after?.port)] }))
  expect((await want(moved)).reloaded).toBe(false)
  expect(await connectAndRead({ port })).toMatch('127.0.0.3')
  await driver.observe(moved)
  expect(await session.ask('still here?')).toBe('still here?')
  session.close()
  await until(async () => (await driver.observe(moved)).routes.get(portKey('tcp', port))?.backends.size === 1)
})

it('cuts the sessions of a backend that left when the drain time is over', async () => {
  const [node] = await nodes('127.0.0.2')
  const port = await freePort()
  const haproxy = await testHaproxy(defer, { drainTime: 60_000 })
  let now = 0
  const driver = haproxy.driver(() => now)
  const routes = routesOf(aRoute(port, { backends: [to('127.0.0.2', node?.port), to('127.0.0.9')] }))
  const observed = await driver.observe(routes)
  const session = await until(async () => {
    const opened = await openSession(defer, { port })
    return (await opened.line()).startsWith('127.0.0.2') && opened
  })
  const rest = routesOf(aRoute(port, { backends: [to('127.0.0.9')] }))
  await driver.apply(plan(rest, observed), rest)
  await driver.observe(rest)
  now = 59_999
  await driver.observe(rest)
  expect(await session.ask('in time')).toBe('in time')
  now = 60_000
  await driver.observe(rest)
  await until(() => session.closed)
  await until(async () => (await driver.observe(rest)).routes.get(portKey('tcp', port))?.backends.size === 1)
})

it('tries another backend where one refuses, so that nobody notices', async () => {
  const [dead, alive] = await nodes('127.0.0.2', '127.0.0.3')
  const port = await freePort()
  const backends = [to('127.0.0.2', dead?.port), to('127.0.0.3', alive?.port)]
  const { health } = await serving(routesOf(aRoute(port, { ...TCP, backends })))
  await health(portKey('tcp', port), `127.0.0.2:${dead?.port}`, 'up')
  await dead?.stop()
  const greetings = await Promise.all(Array.from({ length: 50 }, () => connectAndRead({ port })))
  expect(new Set(greetings.map((greeting) => greeting.split(' ')[0]))).toEqual(new Set(['127.0.0.3']))
  const backend = await health(portKey('tcp', port), `127.0.0.2:${dead?.port}`, 'down')
  expect(backend.reason).toBe('Layer4 connection problem: Connection refused')
})

it('finds a backend that takes packets and answers nothing, and one that returns', async () => {
  const nodePort = await freePort()
  const script = `require('node:net').createServer().listen({ port: ${nodePort}, host: '127.0.0.2', backlog: 1 }, () => console.log('listening'))`
  const node = await startProcess(defer, process.execPath, ['-e', script])
  await node.printed(/listening/)
  const port = await freePort()
  const { health } = await serving(routesOf(aRoute(port, { ...TCP, backends: [to('127.0.0.2', nodePort)] })))
  await health(portKey('tcp', port), `127.0.0.2:${nodePort}`, 'up')
  node.kill('SIGSTOP')
  // Its queue is full after two; the kernel then drops whatever else wants to connect.
  const fillers = Array.from({ length: 8 }, () => createConnection({ port: nodePort, host: '127.0.0.2' }))
  defer(() => fillers.forEach((filler) => void filler.destroy()))
  for (const filler of fillers) filler.on('error', () => {})
  const down = await health(portKey('tcp', port), `127.0.0.2:${nodePort}`, 'down')
  expect(down.reason).toMatch(/timeout/i)
  node.kill('SIGCONT')
  await health(portKey('tcp', port), `127.0.0.2:${nodePort}`, 'up')
})

it('checks on a backend added at run time', async () => {
  const [node] = await nodes('127.0.0.2')
  const port = await freePort()
  const routes = routesOf(aRoute(port, { ...TCP, backends: [to('127.0.0.2', node?.port)] }))
  const { want, driver } = await serving(routes)
  const more = routesOf(
    aRoute(port, { ...TCP, backends: [to('127.0.0.2', node?.port), to('127.0.0.3', node?.port)] }),
  )
  const { observed } = await want(more)
  const added = (o: typeof observed) =>
    o.routes.get(portKey('tcp', port))?.backends.get(`127.0.0.3:${node?.port}`)
  expect(added(observed)?.health).toBe('checking')
  await until(async () => added(await driver.observe(more))?.health === 'down')
})

it('sends the PROXY header of each version, with the client as it is', async () => {
  const [v1, v2] = [
    await proxyHeaderServer(defer, { host: '127.0.0.2' }),
    await proxyHeaderServer(defer, { host: '127.0.0.3' }),
  ]
  const [first, second] = [await freePort(), await freePort()]
  await serving(
    routesOf(
      aRoute(first, { ...TCP, backends: [to('127.0.0.2', v1.port, 'v1')] }),
      aRoute(second, { ...TCP, backends: [to('127.0.0.3', v2.port, 'v2')] }),
    ),
  )
  const from = '127.0.0.77'
  expect(await connectAndRead({ port: first, host: '127.0.0.1', localAddress: from })).toMatch(
    /^v1 127.0.0.77 /,
  )
  expect(await connectAndRead({ port: second, host: '127.0.0.1', localAddress: from })).toMatch(
    /^v2 127.0.0.77 /,
  )
  expect(await connectAndRead({ port: second, host: '::1' })).toMatch(/^v2 ::1 /)
  expect([...v1.headers, ...v2.headers].filter((header) => header instanceof Error)).toEqual([])
})

it('speaks the PROXY protocol in health checks too', async () => {
  const node = await proxyHeaderServer(defer, { host: '127.0.0.2' })
  const port = await freePort()
  const { want } = await serving(routesOf(aRoute(port, { check: { type: 'http', path: '/' } })))
  await want(
    routesOf(
      aRoute(port, {
        check: { type: 'http', path: '/' },
        backends: [to('127.0.0.2', node.port, 'v2'), to('127.0.0.2')],
      }),
    ),
  )
  await until(() => node.headers.length > 0)
  expect(node.headers[0]).toMatchObject({ version: 2 })
})

it('lets in only whom the ranges name', async () => {
  const [node] = await nodes('127.0.0.2')
  const backends = [to('127.0.0.2', node?.port)]
  const [some, none, all] = [await freePort(), await freePort(), await freePort()]
  await serving(
    routesOf(
      aRoute(some, { backends, allow: ['127.0.0.4/32', '::1/128'] }),
      aRoute(none, { backends, allow: [] }),
      aRoute(all, { backends, allow: ['0.0.0.0/0', '::/0'] }),
    ),
  )
  const call = (port: number, host: string, localAddress: string) =>
    connectAndRead({ port, host, localAddress })
  await expect(call(some, '127.0.0.1', '127.0.0.4')).resolves.toMatch('127.0.0.2')
  await expect(call(some, '127.0.0.1', '127.0.0.5')).rejects.toThrow()
  await expect(call(some, '::1', '::1')).resolves.toMatch('127.0.0.2')
  await expect(call(none, '127.0.0.1', '127.0.0.4')).rejects.toThrow()
  await expect(call(all, '127.0.0.1', '127.0.0.5')).resolves.toMatch('127.0.0.2')
})

it("keeps a client's backend through other backends' coming and going, and through reloads", async () => {
  const [first, second, third] = await nodes('127.0.0.2', '127.0.0.3', '127.0.0.4')
  const places = [first, second, third].map((node) => to(node?.host ?? '', node?.port))
  const port = await freePort()
  const route = aRoute(port, { affinity: 'client-ip', backends: places.slice(0, 2) })
  const { want } = await serving(routesOf(route))
  const clients = Array.from({ length: 24 }, (_, index) => `127.0.1.${index + 1}`)
  const whereTo = async () => {
    const greetings = await Promise.all(clients.map((localAddress) => connectAndRead({ port, localAddress })))
    return greetings.map((greeting) => greeting.split(' ')[0])
  }

  const before = await whereTo()
  expect(new Set(before).size).toBe(2)
  const more = routesOf({ ...route, backends: places })
  expect((await want(more)).reloaded).toBe(false)
  const between = await whereTo()
  expect(new Set(between).size).toBe(3)
  expect(between.filter((name) => name !== third?.host)).toEqual(
    before.filter((_, index) => between[index] !== third?.host),
  )
  expect((await want(new Map([...more, ...routesOf(aRoute(await freePort()))]))).reloaded).toBe(true)
  expect(await whereTo()).toEqual(between)
})

it('reaches a backend by IPv6, loaded or added', async () => {
  const node = await echoServer(defer, { host: '::1', name: 'six' })
  const [loaded, added] = [await freePort(), await freePort()]
  const { want } = await serving(
    routesOf(aRoute(loaded, { ...TCP, backends: [to('::1', node.port)] }), aRoute(added)),
  )
  await want(
    routesOf(
      aRoute(loaded, { ...TCP, backends: [to('::1', node.port)] }),
      aRoute(added, { backends: [to('::1', node.port)] }),
    ),
  )
  expect(await connectAndRead({ port: loaded })).toMatch('six')
  expect(await connectAndRead({ port: added })).toMatch('six')
})
