import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseRange } from '../../core/address/range.ts'
import { stubApiParts } from '../../testing/stub-api-parts.ts'
import { STUB_DIGEST, stubEdge } from '../../testing/stub-edge.ts'
import type { ApiParts } from '../api/parts.ts'
import { RequestRefused } from '../request-refused.ts'
import { buildWebhook } from './server.ts'

const FIELDS = {
  name: 'mosquitto',
  'frontend-port': '8443',
  'backend-port': '30843',
  'dst-ip': '192.0.2.7',
  action: 'add',
  'send-proxy': '',
}

function start(edge = stubEdge(), more: Partial<ApiParts> = {}) {
  const turnedAway: string[] = []
  const parts = stubApiParts({ edge, onTurnedAway: (caller) => turnedAway.push(caller), ...more })
  const server = buildWebhook(parts, { token: 'ilovecheese', lease: 300_000 })
  onTestFinished(() => server.close())
  const post = async (fields: unknown, headers: Record<string, string> = {}) => {
    const response = await server.inject({
      method: 'POST',
      url: '/hooks/update-haproxy',
      headers: { 'content-type': 'application/json', 'x-funkypenguin-token': 'ilovecheese', ...headers },
      payload: typeof fields === 'string' ? fields : JSON.stringify(fields),
    })
    return { status: response.statusCode, body: response.json() }
  }
  return { edge, server, turnedAway, post }
}

describe('the original webhook', () => {
  it('puts the claim as the document of one node', async () => {
    const { edge, post } = start()
    expect(await post({ ...FIELDS, 'send-proxy': 'true' })).toMatchObject({
      status: 200,
      body: { claims: [] },
    })
    const [made] = edge.calls
    expect(made?.call).toMatchObject({
      cluster: 'original',
      phone: 'mosquitto.8443.192.0.2.7',
      identity: { id: 'webhook', scope: { role: 'phone', clusters: ['original'] } },
    })
    expect(JSON.parse(made?.body ?? '')).toEqual({
      ttl: 300,
      claims: [
        {
          owner: 'default/mosquitto',
          port: 8443,
          protocol: 'tcp',
          backends: [{ address: '192.0.2.7', port: 30843 }],
          proxyProtocol: 'v1',
        },
      ],
    })
  })

  it('gives each node a document of its own, under a name that a phone may have', async () => {
    const { edge, post } = start()
    for (const address of ['192.0.2.7', '192.0.2.8', '2001:DB8::', '::ffff:192.0.2.7']) {
      await post({ ...FIELDS, 'dst-ip': address })
    }
    expect(edge.calls.map(({ call }) => call.phone)).toEqual([
      'mosquitto.8443.192.0.2.7',
      'mosquitto.8443.192.0.2.8',
      'mosquitto.8443.2001-db8--.v6',
      'mosquitto.8443.192.0.2.7',
    ])
  })

  it("takes an address left empty for the caller's own", async () => {
    const { edge, post } = start()
    await post({ ...FIELDS, 'dst-ip': '' })
    const [made] = edge.calls
    expect(made?.call.phone).toBe('mosquitto.8443.127.0.0.1')
    expect(JSON.parse(made?.body ?? '').claims[0].backends).toEqual([{ address: '127.0.0.1', port: 30843 }])
  })

  it('refuses an address left empty where the proxy does not tell the caller, and takes one that is named', async () => {
    const { post } = start(stubEdge(), {
      trustedProxies: [parseRange('127.0.0.0/8')].flatMap((range) => range ?? []),
    })
    const { status, body } = await post({ ...FIELDS, 'dst-ip': '' })
    expect({ status, errors: body.errors }).toEqual({
      status: 422,
      errors: [{ path: '/dst-ip', message: expect.stringContaining('X-Forwarded-For') }],
    })
    expect((await post(FIELDS)).status).toBe(200)
  })

  it('takes a caller that knows nothing of send-proxy, and names as people write them', async () => {
    const { edge, post } = start()
    const { 'send-proxy': _, ...old } = FIELDS
    expect((await post({ ...old, name: 'My_App' })).status).toBe(200)
    expect(edge.calls[0]?.body).toContain('"owner":"default/my-app"')
    expect(edge.calls[0]?.body).toContain('"proxyProtocol":"off"')
  })

  it('releases on delete, also what is not held', async () => {
    const { edge, post } = start()
    expect(await post({ ...FIELDS, action: 'delete' })).toEqual({ status: 200, body: { released: 8443 } })
    expect(edge.calls).toMatchObject([{ method: 'release', call: { phone: 'mosquitto.8443.192.0.2.7' } }])
    const release = () => Promise.reject(new RequestRefused('document-unknown', 'no'))
    const empty = start(stubEdge({ release }))
    expect((await empty.post({ ...FIELDS, action: 'delete' })).status).toBe(200)
  })

  it('says of a delete when the port is open still, also when it is asked again', async () => {
    const closing = [
      { port: 8443, protocol: 'tcp' as const, code: 'haproxy-refused', detail: 'bad.cfg:2: unknown' },
    ]
    const open = start(stubEdge({ release: async () => ({ closing }) }))
    expect(await open.post({ ...FIELDS, action: 'delete' })).toEqual({ status: 202, body: { closing } })
    const release = () => Promise.reject(new RequestRefused('document-unknown', 'no'))
    const asked: string[] = []
    const again = start(
      stubEdge({
        release,
        closing: (ports) => {
          asked.push(...ports)
          return { closing }
        },
      }),
    )
    expect(await again.post({ ...FIELDS, action: 'delete' })).toEqual({ status: 202, body: { closing } })
    expect(asked).toEqual(['tcp/8443'])
  })

  it('answers what the registry says, not 200', async () => {
    const body = JSON.stringify({
      digest: STUB_DIGEST,
      claims: [{ index: 0, state: 'refused', code: 'port-taken' }],
    })
    const put = () => ({ status: 409, digest: STUB_DIGEST, revision: '1', body })
    expect(await start(stubEdge({ put })).post(FIELDS)).toMatchObject({
      status: 409,
      body: { claims: [{ code: 'port-taken' }] },
    })
  })

  it.each([
    ['x-funkypenguin-token', 'wrong', 'token-unknown'],
    ['x-funkypenguin-token', '', 'token-unknown'],
    ['x-funkypenguin-token', 'ilovecheese ilovecheese', 'token-unknown'],
  ])('turns away %s: %j before it looks at the body', async (header, value, code) => {
    const { edge, post, turnedAway } = start()
    expect(await post('not even json', { [header]: value })).toMatchObject({ status: 401, body: { code } })
    expect(edge.calls).toEqual([])
    expect(turnedAway).toEqual(['127.0.0.1'])
  })

  it('turns away a call without the header', async () => {
    const { server } = start()
    const response = await server.inject({ method: 'POST', url: '/hooks/update-haproxy', payload: FIELDS })
    expect(response.json()).toMatchObject({ status: 401, code: 'token-missing' })
  })

  // What the original let through to HAProxy's configuration, the file system and the shell.
  it.each<[keyof typeof FIELDS, string]>([
    ['name', 'a\n  bind :22'],
    ['name', ''],
    ['name', '../a'],
    ['name', 'a b'],
    ['name', 'a"b'],
    ['name', "a'b"],
    ['name', '$(id)'],
    ['name', 'a\0'],
    ['name', 'naïve'],
    ['name', 'a'.repeat(300)],
    ['name', '-a'],
    ['frontend-port', '../../etc/passwd'],
    ['frontend-port', '443 '],
    ['frontend-port', ' 443'],
    ['frontend-port', '443\n'],
    ['frontend-port', '0'],
    ['frontend-port', '65536'],
    ['frontend-port', '-1'],
    ['frontend-port', '+443'],
    ['frontend-port', '0443'],
    ['frontend-port', '4e2'],
    ['frontend-port', '٤٤٣'],
    ['frontend-port', ''],
    ['backend-port', '30843; rm -rf /'],
    ['backend-port', '99999'],
    ['dst-ip', '192.0.2.256'],
    ['dst-ip', '192.0.2.7\n  server s2 10.0.0.1:22'],
    ['dst-ip', 'node.example.org'],
    ['action', 'ADD'],
    ['action', ''],
    ['send-proxy', 'send-proxy check'],
    ['send-proxy', 'constructor'],
  ])('refuses %s = %j', async (field, value) => {
    const { edge, post } = start()
    const { status, body } = await post({ ...FIELDS, [field]: value })
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'document-invalid' })
    expect(body.errors).toEqual([{ path: `/${field}`, message: expect.any(String) }])
    expect(edge.calls).toEqual([])
  })

  it.each([['[]'], ['"add"'], ['null'], ['{}']])('names every field that %s lacks', async (payload) => {
    const { status, body } = await start().post(payload)
    expect(status).toBe(422)
    expect(body.errors).toHaveLength(5)
  })

  it('takes strings only', async () => {
    const { body } = await start().post({
      ...FIELDS,
      'frontend-port': 8443,
      name: ['a'],
      'send-proxy': false,
    })
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      '/name',
      '/frontend-port',
      '/send-proxy',
    ])
  })

  it('refuses what is no JSON, too large or for another path', async () => {
    const { post, server } = start()
    expect((await post('{"name":"a","name":"b"}')).body.code).toBe('json-invalid')
    expect((await post('x'.repeat(20_000))).body.code).toBe('body-too-large')
    expect((await post(FIELDS, { 'content-type': 'application/x-www-form-urlencoded' })).body.code).toBe(
      'media-type',
    )
    const headers = { 'x-funkypenguin-token': 'ilovecheese' }
    expect((await server.inject({ url: '/hooks/other', headers })).json().code).toBe('not-found')
  })

  it('hands on nothing but what it read, whatever the fields hold', async () => {
    const { edge, post } = start()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(FIELDS)),
        fc.string({ unit: 'binary' }),
        async (field, text) => {
          const before = edge.calls.length
          const { status } = await post({ ...FIELDS, [field]: text })
          const made = edge.calls.slice(before)
          expect(status === 200).toBe(made.length === 1)
          for (const { call } of made) expect(call.phone).toMatch(/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/)
        },
      ),
    )
  })
})
