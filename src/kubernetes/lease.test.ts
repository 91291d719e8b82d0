import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../testing/until.ts'
import { ApiServer } from './api-server.ts'
import { ApiLease } from './lease.ts'

it('does not wait behind other calls, however many of them hang', async () => {
  let hanging = 0
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/slow')) hanging++
    else response.end(JSON.stringify({ spec: { holderIdentity: 'one' } }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const access = {
    server: new URL(`http://127.0.0.1:${port}`),
    credentials: async () => ({ headers: {}, tls: {} }),
    renew: () => {},
  }
  const api = new ApiServer({ access, userAgent: 'x' })
  onTestFinished(() => api.close())
  const stop = new AbortController()
  const calls = Array.from({ length: 20 }, () =>
    api.request({ method: 'GET', path: '/slow', signal: stop.signal }),
  )
  await until(() => hanging === 10)
  const { lease } = await new ApiLease(api, 'homeport', 'lease').read(stop.signal)
  expect(lease?.holder).toBe('one')
  expect(hanging).toBe(10)
  stop.abort()
  await Promise.allSettled(calls)
})
