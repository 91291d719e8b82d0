import { onTestFinished as defer, describe, expect, it } from 'vitest'
import { apiOverTls, as } from '../../src/testing/api-over-tls.ts'
import { follow } from '../../src/testing/raw-call.ts'
import { stubApiParts } from '../../src/testing/stub-api-parts.ts'
import { until } from '../../src/testing/until.ts'

describe('events', () => {
  const event = { id: 1, time: '2026-01-01T00:00:00.000Z', type: 'route-live', subject: 'tcp/8443' } as const

  it('come as they happen, after those that were missed', async () => {
    const { edge, port } = await apiOverTls(defer)
    edge.tell(event)
    edge.tell({ ...event, id: 2 })
    const stream = await follow(defer, port, ['last-event-id: 1'])
    await until(() => stream.text().includes('id: 2'))
    edge.tell({ ...event, id: 3, detail: 'a\nb' })
    await until(() => stream.text().includes('id: 3'))
    expect(stream.text()).toContain('content-type: text/event-stream')
    expect(stream.text()).not.toContain('id: 1\n')
    expect(stream.text()).toContain(
      `id: 3\nevent: route-live\ndata: ${JSON.stringify({ ...event, id: 3, detail: 'a\nb' })}\n\n`,
    )
    stream.socket.destroy()
    await until(() => edge.followers === 0)
  })

  it('are not kept for a follower that does not read', async () => {
    const { edge, port } = await apiOverTls(defer)
    const stream = await follow(defer, port)
    await until(() => edge.followers === 1)
    stream.socket.pause()
    const detail = 'x'.repeat(100_000)
    await until(() => {
      for (let id = 1; id < 50; id++) edge.tell({ ...event, id, detail })
      return edge.followers === 0
    })
  })

  it('end with the token', async () => {
    const known = stubApiParts().tokens
    let revoked = false
    const authenticate = (header: string | undefined) => known.authenticate(revoked ? undefined : header)
    const { edge, port } = await apiOverTls(defer, { tokens: { ...known, authenticate } })
    const stream = await follow(defer, port)
    await until(() => edge.followers === 1)
    revoked = true
    edge.tell({ ...event, detail: 'secret' })
    await until(() => edge.followers === 0)
    expect(stream.text()).not.toContain('secret')
  })

  it('end when the server does', async () => {
    const { edge, port, server } = await apiOverTls(defer)
    const stream = await follow(defer, port)
    await until(() => edge.followers === 1)
    await server.close()
    await until(() => stream.socket.closed)
  })

  it('are followed by so many and no more', async () => {
    const { edge, port, call } = await apiOverTls(defer)
    await Promise.all(Array.from({ length: 100 }, () => follow(defer, port)))
    await until(() => edge.followers === 100)
    expect((await call('GET', '/v1/events', { headers: as('admin') })).json()).toMatchObject({
      code: 'edge-full',
    })
  })

  it('have ids that are numbers', async () => {
    const { call } = await apiOverTls(defer)
    const answer = await call('GET', '/v1/events', { headers: { ...as('admin'), 'last-event-id': 'x' } })
    expect(answer.json()).toMatchObject({ status: 400, code: 'request-invalid' })
  })
})
