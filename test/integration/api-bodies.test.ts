import { onTestFinished as defer, describe, expect, it } from 'vitest'
import { BodyRoom } from '../../src/edge/api/body-room.ts'
import type { Answer } from '../../src/edge/edge-service.ts'
import { apiOverTls, as, JSON_TYPE, PHONE } from '../../src/testing/api-over-tls.ts'
import { rawCall } from '../../src/testing/raw-call.ts'
import { STUB_DIGEST, stubEdge } from '../../src/testing/stub-edge.ts'
import { until } from '../../src/testing/until.ts'

const LARGE = ' '.repeat(20_000)
const ANSWER: Answer = { status: 200, digest: STUB_DIGEST, revision: '1', body: '{}' }

/** An API behind which every document is in work until it is `finish`ed. */
async function slowApi(bodies = new BodyRoom()) {
  const finish: (() => void)[] = []
  const edge = stubEdge({
    put: () => new Promise((resolve) => finish.push(() => resolve(ANSWER))),
  })
  const { port, call } = await apiOverTls(defer, { bodies }, edge)
  const put = (role: 'phone' | 'admin', body: string, path = PHONE) =>
    call('PUT', path, { headers: { ...as(role), ...JSON_TYPE }, body })
  const begin = (more: string) =>
    rawCall(
      defer,
      port,
      [
        `PUT ${PHONE} HTTP/1.1`,
        `authorization: ${as('phone').authorization}`,
        'content-type: application/json',
        more,
      ],
      false,
    )
  /** Whether the phone's place is taken. */
  const isTaken = () => {
    try {
      bodies.enter('phone', 1).leave()
      return false
    } catch {
      return true
    }
  }
  return { finish, put, begin, isTaken }
}

describe('a large body', () => {
  it('is one of its token: another has to come again, and small ones and those of others need not', async () => {
    const { finish, put } = await slowApi()
    const first = put('phone', LARGE)
    await until(() => finish.length === 1)
    const second = await put('phone', LARGE, `${PHONE}-2`)
    expect(second.json()).toMatchObject({ status: 503, code: 'edge-busy', permanent: false })
    expect(second.headers['retry-after']).toBe('1')
    const others = [put('phone', '{}'), put('admin', LARGE)]
    await until(() => finish.length === 3)
    for (const done of finish) done()
    expect((await Promise.all([first, ...others])).map(({ status }) => status)).toEqual([200, 200, 200])
    const again = put('phone', LARGE)
    await until(() => finish.length === 4)
    finish[3]?.()
    expect((await again).status).toBe(200)
  })

  it('has to come again where those of others take all the room', async () => {
    const { finish, put } = await slowApi(new BodyRoom(30_000))
    const first = put('phone', LARGE)
    await until(() => finish.length === 1)
    expect((await put('admin', LARGE)).json()).toMatchObject({ code: 'edge-busy' })
    finish[0]?.()
    expect((await first).status).toBe(200)
  })

  it('has its place from when it is announced until its caller is gone', async () => {
    const { begin, isTaken } = await slowApi()
    const announced = await begin(`content-length: ${LARGE.length}`)
    await until(isTaken)
    announced.socket.destroy()
    await until(() => !isTaken())
  })

  it('keeps its place while it is in work, whether or not its caller waits', async () => {
    const { put, begin, finish, isTaken } = await slowApi()
    const caller = await begin(`content-length: ${LARGE.length}`)
    caller.socket.write(LARGE)
    await until(() => finish.length === 1)
    caller.socket.destroy()
    expect((await put('phone', LARGE)).status).toBe(503)
    expect((await put('phone', LARGE)).status).toBe(503)
    finish[0]?.()
    await until(() => !isTaken())
  })

  it('that does not say its length needs a place as soon as it is large', async () => {
    const { put, begin, finish } = await slowApi()
    const first = put('phone', LARGE)
    await until(() => finish.length === 1)
    const chunk = (size: number) => `${size.toString(16)}\r\n${' '.repeat(size)}\r\n`
    const small = await begin('transfer-encoding: chunked')
    small.socket.write(`${chunk(2)}0\r\n\r\n`)
    await until(() => finish.length === 2)
    const large = await begin('transfer-encoding: chunked')
    large.socket.write(chunk(10_000))
    large.socket.write(chunk(10_000))
    await until(() => /^HTTP\/1\.1 503 [\s\S]*"code":"edge-busy"/.test(large.text()))
    for (const done of finish) done()
    expect((await first).status).toBe(200)
    await until(() => /^HTTP\/1\.1 200 /.test(small.text()))
  })
})

it.each([
  ['PUT', PHONE, 401],
  ['PUT', PHONE.replace('v', '%76'), 401],
  ['DELETE', PHONE.replace('v', '%76'), 401],
  ['POST', '/v1/tokens', 401],
  ['PUT', '/nothing', 404],
  ['POST', '/healthz', 405],
  ['OPTIONS', '/healthz', 204],
])(
  'of a caller without a token no body is read: %s %s is %i before it comes',
  async (method, path, status) => {
    const { port } = await apiOverTls(defer)
    const head = [`${method} ${path} HTTP/1.1`, 'content-type: application/json', 'content-length: 1000']
    expect((await rawCall(defer, port, head)).text()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  },
)
