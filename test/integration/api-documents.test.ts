import { onTestFinished as defer, describe, expect, it } from 'vitest'
import { RequestRefused } from '../../src/edge/request-refused.ts'
import { StorageFailed } from '../../src/edge/store/store.ts'
import { createLog } from '../../src/log.ts'
import { apiOverTls, as, JSON_TYPE, PHONE, PROBLEM } from '../../src/testing/api-over-tls.ts'
import { STUB_DIGEST, stubEdge } from '../../src/testing/stub-edge.ts'

describe('documents', () => {
  it('are put, with the digest and revision of the answer', async () => {
    const { edge, call } = await apiOverTls(defer)
    const answer = await call('PUT', PHONE, {
      headers: { ...as('phone'), ...JSON_TYPE },
      body: '{"claims":[]}',
    })
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        etag: `"${STUB_DIGEST}"`,
        'homeport-revision': '1',
        'content-type': 'application/json; charset=utf-8',
      },
    })
    expect(answer.json()).toEqual({ digest: STUB_DIGEST, claims: [] })
    expect(edge.calls).toEqual([
      {
        method: 'put',
        body: '{"claims":[]}',
        call: {
          identity: { id: 'phone', scope: { role: 'phone' } },
          cluster: 'home',
          phone: 'pod-1',
          caller: '127.0.0.1',
        },
      },
    ])
  })

  it('are renewed by their digest also where the answer has to wait, whatever comes of it', async () => {
    const made = { status: 200, digest: STUB_DIGEST, revision: '7', body: '' }
    const gone = new RequestRefused('document-unknown', 'released meanwhile')
    const outcomes = [async () => made, () => Promise.reject(gone)]
    const edge = stubEdge({ renew: () => outcomes.shift()?.() ?? made })
    const { call } = await apiOverTls(defer, {}, edge)
    const renew = () => call('PUT', PHONE, { headers: { ...as('phone'), 'if-match': `"${STUB_DIGEST}"` } })
    expect(await renew()).toMatchObject({ status: 204, headers: { 'homeport-revision': '7' } })
    expect(await renew()).toMatchObject({ status: 404, headers: { 'content-type': PROBLEM } })
  })

  it('are renewed by their digest, without a body', async () => {
    const { edge, call } = await apiOverTls(defer)
    const answer = await call('PUT', PHONE, { headers: { ...as('phone'), 'if-match': `"${STUB_DIGEST}"` } })
    expect(answer).toMatchObject({ status: 204, text: '', headers: { etag: `"${STUB_DIGEST}"` } })
    expect(edge.calls).toMatchObject([{ method: 'renew', digest: STUB_DIGEST }])
    const bare = await call('PUT', PHONE, { headers: as('phone') })
    expect(bare.json()).toMatchObject({ status: 400, code: 'request-invalid' })
  })

  it('are read and released', async () => {
    const { edge, call } = await apiOverTls(defer)
    expect((await call('GET', PHONE, { headers: as('phone') })).json()).toEqual({
      digest: STUB_DIGEST,
      claims: [],
    })
    expect((await call('DELETE', PHONE, { headers: as('phone') })).status).toBe(204)
    expect(edge.calls.map(({ method }) => method)).toEqual(['read', 'release'])
  })

  it.each([
    '/v1/clusters/Home/phones/a',
    '/v1/clusters/home/phones/a%0ab',
    '/v1/clusters/home/phones/..%2f..%2fetc',
    `/v1/clusters/home/phones/${'a'.repeat(260)}`,
    '/v1/clusters/home%00/phones/a',
    '/v1/clusters/h%C3%B6me/phones/a',
    '/v1/clusters/$(id)/phones/a',
    '/v1/clusters/home/phones/%ff',
  ])('have no name like %s', async (path) => {
    const { edge, call } = await apiOverTls(defer)
    const answer = await call('PUT', path, { headers: { ...as('phone'), ...JSON_TYPE }, body: '{}' })
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': PROBLEM } })
    expect(answer.json()).toMatchObject({ code: 'request-invalid', status: 400 })
    expect(edge.calls).toEqual([])
  })

  it.each([
    [new RequestRefused('digest-mismatch', 'another'), 412, 'digest-mismatch'],
    [new RequestRefused('fence-stale', 'old'), 409, 'fence-stale'],
    [new StorageFailed('the disk is full'), 503, 'storage-failed'],
  ])('are refused with problem details: %s', async (error, status, code) => {
    const edge = stubEdge({ put: () => Promise.reject(error) })
    const { call } = await apiOverTls(defer, {}, edge)
    const answer = await call('PUT', PHONE, { headers: { ...as('phone'), ...JSON_TYPE }, body: '{}' })
    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject({
      code,
      status,
      detail: error.message,
      type: `urn:homeport:error:${code}`,
    })
  })

  it('that meet a fault of ours are answered without its words, which the log has', async () => {
    const lines: string[] = []
    const put = () => {
      throw new Error('at line 7')
    }
    const { call } = await apiOverTls(
      defer,
      { log: createLog('info', (line) => lines.push(line)) },
      stubEdge({ put }),
    )
    const answer = await call('PUT', PHONE, { headers: { ...as('phone'), ...JSON_TYPE }, body: '{}' })
    expect(answer.json()).toMatchObject({ status: 500, code: 'internal' })
    expect(answer.text).not.toContain('at line 7')
    expect(lines.join('')).toContain('at line 7')
  })
})
