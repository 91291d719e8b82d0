import { onTestFinished as defer, describe, expect, it } from 'vitest'
import type { ApiParts } from '../../src/edge/api/parts.ts'
import { apiOverTls, as, JSON_TYPE } from '../../src/testing/api-over-tls.ts'
import { stubApiParts } from '../../src/testing/stub-api-parts.ts'

describe('tokens', () => {
  it('are made from a request that is right, and every fault is named', async () => {
    const { call } = await apiOverTls(defer)
    const post = (body: string) =>
      call('POST', '/v1/tokens', { headers: { ...as('admin'), ...JSON_TYPE }, body })
    const made = await post('{"name":"home","scope":{"role":"phone"}}')
    expect(made).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } })
    const wrong = await post(
      '{"name":"","scope":{"role":"king","ports":["x"]},"more":1,"expires":"tomorrow"}',
    )
    expect(wrong.status).toBe(422)
    for (const path of ['/name', '/scope/role', '/scope/ports/0', '/expires'])
      expect(wrong.text).toContain(`"${path}"`)
    const ranges = await post('{"name":"a","scope":{"role":"phone","ports":["9-8"],"backends":["x"]}}')
    expect(ranges.json()).toMatchObject({
      errors: [{ path: '/scope/ports/0' }, { path: '/scope/backends/0' }],
    })
  })

  it('open, and are revoked by, no more than their maker has', async () => {
    const revoked: string[] = []
    const one = { name: 'a', created: '2026-01-01T00:00:00Z' }
    const tokens: ApiParts['tokens'] = {
      ...stubApiParts().tokens,
      authenticate: () => ({ id: 'lab', scope: { role: 'admin', clusters: ['lab'] } }),
      list: () => [
        { ...one, id: 'aaaaaaaa', scope: { role: 'phone', clusters: ['lab'] } },
        { ...one, id: 'bbbbbbbb', scope: { role: 'phone' } },
      ],
      revoke: (id) => revoked.push(id),
    }
    const { call } = await apiOverTls(defer, { tokens })
    const make = (scope: unknown) =>
      call('POST', '/v1/tokens', { headers: JSON_TYPE, body: JSON.stringify({ name: 'a', scope }) })
    expect((await make({ role: 'phone', clusters: ['lab'] })).status).toBe(201)
    expect((await make({ role: 'phone' })).json()).toMatchObject({
      code: 'outside-scope',
      detail: 'all clusters is more than lab',
    })
    expect((await call('GET', '/v1/tokens')).json()).toMatchObject([{ id: 'aaaaaaaa' }])
    expect((await call('DELETE', '/v1/tokens/bbbbbbbb')).json()).toMatchObject({ code: 'outside-scope' })
    expect((await call('DELETE', '/v1/tokens/aaaaaaaa')).status).toBe(204)
    expect(revoked).toEqual(['aaaaaaaa'])
  })

  it('are for admins', async () => {
    const { call } = await apiOverTls(defer)
    const body = '{"name":"home","scope":{"role":"phone"}}'
    const answer = await call('POST', '/v1/tokens', { headers: { ...as('phone'), ...JSON_TYPE }, body })
    expect(answer.json()).toMatchObject({ status: 403, code: 'outside-scope' })
  })
})
