import { expect, it, onTestFinished } from 'vitest'
import { scriptedApi, sendJson } from '../testing/kubernetes/scripted-api.ts'
import { until } from '../testing/until.ts'
import { ApiServer } from './api-server.ts'
import { ApiLease } from './lease.ts'

it('does not wait behind other calls, however many of them hang', async () => {
  let hanging = 0
  const { access } = await scriptedApi(onTestFinished, ({ path }, answer) => {
    if (path.startsWith('/slow')) hanging++
    else sendJson(answer, 200, { spec: { holderIdentity: 'one' } })
  })
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
