import { expect, it, onTestFinished } from 'vitest'
import { RuntimeApi } from '../../src/edge/haproxy/runtime-api.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { testHaproxy } from '../../src/testing/haproxy.ts'
import { aRoute, routesOf } from '../../src/testing/routes.ts'

it('takes a route that the worker has not loaded for one without servers', async () => {
  const haproxy = await testHaproxy(onTestFinished)
  const route = aRoute(await freePort())
  await haproxy.driver().observe(routesOf(route))
  const { info, servers } = await new RuntimeApi(haproxy.paths.statsSocket).infoAndServers([
    route.key,
    `tcp/${await freePort()}`,
  ])
  expect(info.pid).toBeGreaterThan(0)
  expect(servers).toMatchObject([{ name: expect.stringContaining('127.0.0.2') }])
  const unknown = await new RuntimeApi(haproxy.paths.statsSocket).infoAndServers([`tcp/${await freePort()}`])
  expect(unknown.servers).toEqual([])
})
