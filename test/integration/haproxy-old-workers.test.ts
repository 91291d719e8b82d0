import { describe, expect, it, onTestFinished } from 'vitest'
import type { Observed } from '../../src/core/plan/observed.ts'
import { plan } from '../../src/core/plan/plan.ts'
import type { Route, Routes } from '../../src/core/route.ts'
import type { HaproxyDriver } from '../../src/edge/haproxy/haproxy-driver.ts'
import { Master } from '../../src/edge/haproxy/master.ts'
import { type EchoServer, echoServer } from '../../src/testing/echo-server.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { type TestHaproxy, testHaproxy } from '../../src/testing/haproxy.ts'
import { aRoute, routesOf, to } from '../../src/testing/routes.ts'
import { openSession, type Session } from '../../src/testing/session.ts'
import { until } from '../../src/testing/until.ts'

const defer = onTestFinished
const BINARIES = [['haproxy'], [process.env['HOMEPORT_HAPROXY_3'] ?? '']].filter(([binary]) => binary !== '')

/** A driver with what it was last seen to run, and the port of the test beside which others come and go. */
class Scene {
  readonly driver: HaproxyDriver
  readonly #haproxy: TestHaproxy
  readonly #master: Master
  readonly node: EchoServer
  readonly route: Route
  #observed: Observed
  #served: Routes

  constructor(
    haproxy: TestHaproxy,
    driver: HaproxyDriver,
    node: EchoServer,
    route: Route,
    observed: Observed,
  ) {
    this.#haproxy = haproxy
    this.driver = driver
    this.#master = new Master(haproxy.paths.masterSocket)
    this.node = node
    this.route = route
    this.#observed = observed
    this.#served = routesOf(route)
  }

  async serve(routes: Routes): Promise<void> {
    this.#served = routes
    this.#observed = (await this.driver.apply(plan(routes, this.#observed), routes)).observed
    await this.look()
  }

  async look(): Promise<void> {
    this.#observed = await this.driver.observe(this.#served)
  }

  /** Their pids. */
  async oldWorkers(): Promise<number[]> {
    return (await this.#master.processesSoon()).oldWorkers.map(({ pid }) => pid)
  }

  /** A session that is established with the node. */
  async session(): Promise<Session> {
    const session = await openSession(defer, { port: this.route.port })
    await session.line()
    return session
  }

  /** Reloads for a port more or less, once for each of `ports`. */
  async reload(ports: readonly number[]): Promise<void> {
    for (const port of ports)
      await this.serve(routesOf(this.route, aRoute(port, { backends: this.route.backends })))
  }

  /** As `systemctl reload` does it. */
  async reloadByAnotherHand(): Promise<void> {
    const { pid } = await this.driver.status()
    await this.#master.reload()
    await until(async () => ((await this.driver.status()).pid ?? pid) !== pid)
    await this.look()
  }

  /** A driver that knows nothing of what there was before. */
  restarted(): HaproxyDriver {
    return this.#haproxy.driver()
  }
}

async function scene(binary: string | undefined, maxOldWorkers: number, now?: () => number): Promise<Scene> {
  const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
  const route = aRoute(await freePort(), { backends: [to(node.host, node.port)] })
  const haproxy = await testHaproxy(defer, {
    maxOldWorkers,
    drainTime: 1_000,
    ...(binary !== undefined && { binary }),
  })
  const driver = haproxy.driver(now)
  return new Scene(haproxy, driver, node, route, await driver.observe(routesOf(route)))
}

describe.each(BINARIES)('workers that a reload of %s has replaced', (binary) => {
  it('are ended from that with the fewest sessions on, where they are too many', async () => {
    const subject = await scene(binary, 2)
    const [first = 0, second = 0, third = 0] = await freePorts(3)
    const many = await Promise.all([subject.session(), subject.session(), subject.session()])
    await subject.reload([first])
    const few = await subject.session()
    await subject.reload([second])
    const some = await Promise.all([subject.session(), subject.session()])
    await subject.reload([third])
    await until(async () => {
      await subject.look()
      return few.closed
    })
    for (const session of [...many, ...some]) expect(await session.ask('still here?')).toBe('still here?')
  })

  it('are killed first where they hang, however many sessions they have', async () => {
    let now = 0
    const subject = await scene(binary, 1, () => now)
    const [first = 0, second = 0] = await freePorts(2)
    const [stuck] = await Promise.all([subject.session(), subject.session(), subject.session()])
    await subject.reload([first])
    const [hung] = await subject.oldWorkers()
    process.kill(hung ?? 0, 'SIGSTOP')
    const served = await subject.session()
    await subject.reload([second])
    await until(async () => {
      now += 1_000
      await subject.look()
      return stuck.closed
    })
    await until(async () => (await subject.oldWorkers()).length === 1)
    expect(await served.ask('still here?')).toBe('still here?')
  })

  it('have their overdue sessions ended though another one hangs', async () => {
    let now = 0
    const subject = await scene(binary, 8, () => now)
    const [first = 0, second = 0] = await freePorts(2)
    const overdue = await subject.session()
    await subject.reload([first])
    const older = await subject.oldWorkers()
    const stuck = await subject.session()
    await subject.reload([second])
    const hung = (await subject.oldWorkers()).find((pid) => !older.includes(pid)) ?? 0
    process.kill(hung, 'SIGSTOP')
    await subject.serve(routesOf({ ...subject.route, backends: [to('127.0.0.3', subject.node.port)] }))
    now = 1_000
    await until(async () => {
      await subject.look()
      return overdue.closed
    })
    expect(stuck.closed).toBe(false)
    process.kill(hung, 'SIGCONT')
    await until(async () => {
      await subject.look()
      return stuck.closed
    })
  })

  it('crowd when they are more than half of what may stay, and no more when their sessions are over', async () => {
    const subject = await scene(binary, 2)
    const [first = 0, second = 0] = await freePorts(2)
    const sessions = [await subject.session()]
    await subject.reload([first])
    sessions.push(await subject.session())
    expect(subject.driver.isCrowded).toBe(false)
    await subject.reload([second])
    await until(async () => {
      await subject.look()
      return subject.driver.isCrowded
    })
    for (const session of sessions) session.close()
    await until(async () => {
      await subject.look()
      return !subject.driver.isCrowded
    })
  })

  it('are bounded also where another hand reloads', async () => {
    const subject = await scene(binary, 1)
    const many = await Promise.all([subject.session(), subject.session()])
    await subject.reloadByAnotherHand()
    const few = await subject.session()
    await subject.reloadByAnotherHand()
    await until(async () => {
      await subject.look()
      return few.closed
    })
    for (const session of many) expect(await session.ask('still here?')).toBe('still here?')
  })

  it('crowd for a daemon that finds them there', async () => {
    const subject = await scene(binary, 2)
    for (const port of await freePorts(2)) {
      await subject.session()
      await subject.reload([port])
    }
    const restarted = subject.restarted()
    expect(restarted.isCrowded).toBe(false)
    await until(async () => {
      await restarted.observe(routesOf(subject.route))
      return restarted.isCrowded
    })
  })

  it('keep the sessions of a port that was closed for the drain time, and those of others for longer', async () => {
    let now = 0
    const subject = await scene(binary, 8, () => now)
    const other = aRoute(await freePort(), { backends: subject.route.backends })
    await subject.serve(routesOf(subject.route, other))
    const [gone, staying] = [await subject.session(), await openSession(defer, { port: other.port })]
    await staying.line()
    await subject.serve(routesOf(other))
    now = 999
    await subject.look()
    expect(await gone.ask('still here?')).toBe('still here?')
    now = 1_000
    await until(async () => {
      await subject.look()
      return gone.closed
    })
    expect(await staying.ask('still here?')).toBe('still here?')
  })

  it('keep the sessions of a backend that left for the drain time', async () => {
    let now = 0
    const subject = await scene(binary, 8, () => now)
    const session = await subject.session()
    await subject.reload([await freePort()])
    const moved = routesOf({ ...subject.route, backends: [to('127.0.0.3', subject.node.port)] })
    await subject.serve(moved)
    expect(await session.ask('still here?')).toBe('still here?')
    now = 1_000
    await until(async () => {
      await subject.look()
      return session.closed
    })
  })
})
