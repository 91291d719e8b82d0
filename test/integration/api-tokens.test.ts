import { onTestFinished as defer, describe, expect, it } from 'vitest'
import type { ApiParts } from '../../src/edge/api/parts.ts'
import type { EdgeService } from '../../src/edge/edge-service.ts'
import { RequestRefused } from '../../src/edge/request-refused.ts'
import { apiOverTls, as, JSON_TYPE } from '../../src/testing/api-over-tls.ts'
import { stubApiParts } from '../../src/testing/stub-api-parts.ts'
import { stubEdge } from '../../src/testing/stub-edge.ts'
import type { TokenView } from '../../src/wire/token.ts'

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

  describe('that are revoked', () => {
    const known: TokenView = {
      id: 'aaaaaaaa',
      name: 'a',
      scope: { role: 'phone' },
      created: '2026-01-01T00:00:00Z',
    }
    /** An edge that knows one token, and notes whose claims it releases. */
    async function startWith(edge: Partial<EdgeService> = {}) {
      const done: string[] = []
      const { call } = await apiOverTls(
        defer,
        {
          tokens: {
            ...stubApiParts().tokens,
            list: () => [known],
            revoke: (id) => {
              if (id !== known.id) throw new RequestRefused('not-found', `there is no token ${id}`)
              done.push(`revoke ${id}`)
            },
          },
        },
        stubEdge({
          releaseHoldings: async (id) => {
            done.push(`release ${id}`)
            return { documents: 2, claims: 3, closing: [] }
          },
          ...edge,
        }),
      )
      return {
        done,
        revoke: (path: string) => call('DELETE', `/v1/tokens/${path}`, { headers: as('admin') }),
      }
    }

    it('leave their claims, and nothing is said of those unless it is asked', async () => {
      const { done, revoke } = await startWith()
      expect(await revoke('aaaaaaaa')).toMatchObject({ status: 204, text: '' })
      const asked = await revoke('aaaaaaaa?release=false')
      expect(asked.status).toBe(200)
      expect(asked.json()).toEqual({ id: 'aaaaaaaa', released: false, documents: 2, claims: 3, closing: [] })
      expect(done).toEqual(['revoke aaaaaaaa', 'revoke aaaaaaaa'])
    })

    it('are refused first, then what they claimed is released', async () => {
      const { done, revoke } = await startWith()
      const answer = await revoke('aaaaaaaa?release=true')
      expect(answer.status).toBe(200)
      expect(answer.json()).toEqual({ id: 'aaaaaaaa', released: true, documents: 2, claims: 3, closing: [] })
      expect(done).toEqual(['revoke aaaaaaaa', 'release aaaaaaaa'])
    })

    it('are answered 202 while a port of theirs is open still', async () => {
      const closing = [{ port: 8443, protocol: 'tcp', code: 'reload-delayed', detail: 'd' } as const]
      const releaseHoldings = async () => ({ documents: 2, claims: 3, closing })
      const { revoke } = await startWith({ releaseHoldings })
      const answer = await revoke('aaaaaaaa?release=true')
      expect(answer.status).toBe(202)
      expect(answer.json()).toMatchObject({ released: true, closing })
    })

    it('may have been revoked before, while there is something to release', async () => {
      const { done, revoke } = await startWith()
      expect((await revoke('bbbbbbbb?release=true')).json()).toMatchObject({ released: true, claims: 3 })
      expect(done).toEqual(['release bbbbbbbb'])
      expect((await revoke('bbbbbbbb?release=false')).json()).toMatchObject({ code: 'not-found' })
      const without = await startWith({ holdings: () => ({ documents: 0, claims: 0 }) })
      expect((await without.revoke('bbbbbbbb?release=true')).json()).toMatchObject({ code: 'not-found' })
      expect(without.done).toEqual([])
    })

    it.each(['release=yes', 'release=', 'release=true&release=false'])(
      'are left alone where %j says nothing that is known',
      async (query) => {
        const { done, revoke } = await startWith()
        expect((await revoke(`aaaaaaaa?${query}`)).json()).toMatchObject({ code: 'request-invalid' })
        expect(done).toEqual([])
      },
    )
  })

  it('are for admins', async () => {
    const { call } = await apiOverTls(defer)
    const body = '{"name":"home","scope":{"role":"phone"}}'
    const answer = await call('POST', '/v1/tokens', { headers: { ...as('phone'), ...JSON_TYPE }, body })
    expect(answer.json()).toMatchObject({ status: 403, code: 'outside-scope' })
  })
})
