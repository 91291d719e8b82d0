import { describe, expect, it } from 'vitest'
import { aCall, EdgeInMemory } from '../testing/edge-in-memory.ts'
import { meanwhile, pass, useFakeTime } from '../testing/fake-time.ts'
import { RequestRefused } from './request-refused.ts'

useFakeTime()

const claims = [{ owner: 'mqtt/mosquitto', port: 8443, backends: [{ address: '10.0.0.1', port: 30843 }] }]

/** An edge that the controller of a cluster `home` with the uid `one` calls. */
async function called() {
  const subject = new EdgeInMemory()
  await meanwhile(subject.edge.start())
  await meanwhile(subject.put('controller.a', { clusterUid: 'one', claims }))
  return subject
}

async function codeOf(act: Promise<unknown>): Promise<string> {
  const error = await meanwhile(act).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof RequestRefused ? error.code : 'none'
}

describe('a cluster that has the name of another one', () => {
  it('is refused while the other one calls, also with the same phone, and harms nothing', async () => {
    const subject = await called()
    const other = { clusterUid: 'two', claims: [{ ...claims[0], port: 9000, owner: 'web/nginx' }] }
    for (const phone of ['controller.a', 'controller.b']) {
      const body = new TextEncoder().encode(JSON.stringify(other))
      const put = () => Promise.resolve(subject.edge.put(aCall(phone), body))
      expect(await codeOf(Promise.resolve().then(put))).toBe('cluster-taken')
    }
    expect(subject.edge.routes({ role: 'admin' }).map(({ port }) => port)).toEqual([8443])
  })

  it('has the name when the other one has fallen silent', async () => {
    const subject = await called()
    await pass(62_000)
    const answer = await meanwhile(subject.put('controller.b', { clusterUid: 'two', claims: [] }))
    expect(answer.status).toBe(200)
  })

  it('is the same cluster, where it has the same uid or says none', async () => {
    const subject = await called()
    for (const [phone, more] of [
      ['controller.b', { clusterUid: 'one' }],
      ['agent', {}],
    ] as const)
      expect((await meanwhile(subject.put(phone, { ...more, claims: [] }))).status).toBe(200)
  })
})
