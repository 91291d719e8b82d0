import { describe } from 'vitest'
import { echoServer } from '../../src/testing/echo-server.ts'
import { testHaproxy } from '../../src/testing/haproxy.ts'
import { driverContract } from './driver.ts'

describe.each([
  ["the machine's HAProxy", 'haproxy'],
  ['HAProxy 3', process.env['HOMEPORT_HAPROXY_3'] ?? ''],
])('HaproxyDriver with %s', (_, binary) => {
  describe.skipIf(binary === '')('', () => {
    driverContract(async (defer) => {
      const haproxy = await testHaproxy(defer, { binary })
      return {
        driver: haproxy.driver(),
        async takePort(port) {
          const server = await echoServer(defer, { port, name: 'another program' })
          return server.stop
        },
      }
    })
  })
})
