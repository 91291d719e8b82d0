import { describe, expect, it, vi } from 'vitest'
import { aCall, EdgeInMemory } from '../testing/edge-in-memory.ts'
import { meanwhile, pass, useFakeTime } from '../testing/fake-time.ts'

useFakeTime()

const claim = { owner: 'mqtt/mosquitto', port: 8443, backends: [{ address: '10.0.0.1', port: 30843 }] }
const elsewhere = { ...claim, backends: [{ address: '10.9.9.9', port: 30843 }] }

/** An edge that the controller of a cluster `home` with the uid `one` calls. */
async function called() {
  const subject = new EdgeInMemory()
  await meanwhile(subject.edge.start())
  await meanwhile(subject.put('controller.a', { clusterUid: 'one', claims: [claim] }))
  const backends = () => subject.edge.routes({ role: 'admin' })[0]?.backends.map(({ address }) => address)
  return { subject, backends }
}

describe('a cluster that has the name of another one', () => {
  it('does not get its ports, and mixes no backends into them; what nobody has is its own', async () => {
    const { subject, backends } = await called()
    const document = { clusterUid: 'two', claims: [elsewhere, { ...elsewhere, port: 9000 }] }
    const { status, claims } = await meanwhile(subject.put('controller.b', document))
    expect(status).toBe(207)
    expect(claims).toMatchObject([
      {
        code: 'cluster-taken',
        detail: 'tcp/8443 belongs to home/mqtt/mosquitto of another cluster of that name',
      },
      { state: 'live', owner: 'mqtt/mosquitto' },
    ])
    expect(backends()).toEqual(['10.0.0.1'])
  })

  it('is told apart in the same moment, too', async () => {
    const subject = new EdgeInMemory()
    await meanwhile(subject.edge.start())
    const both = [
      subject.put('controller.a', { clusterUid: 'one', claims: [claim] }),
      subject.put('controller.b', { clusterUid: 'two', claims: [elsewhere] }),
    ]
    expect((await meanwhile(Promise.all(both))).map(({ status }) => status)).toEqual([200, 409])
  })

  it('has the ports as soon as the other one has fallen silent, and keeps them when it is back', async () => {
    const { subject, backends } = await called()
    subject.driver.setHealth('tcp/8443', '10.0.0.1:30843', 'up')
    const second = { clusterUid: 'two', ttl: 600, claims: [elsewhere] }
    await meanwhile(subject.put('controller.b', second))
    await pass(62_000)
    expect(backends()).toEqual(['10.9.9.9'])
    const first = await meanwhile(subject.put('controller.a', { clusterUid: 'one', claims: [claim] }))
    expect(first.claims).toMatchObject([{ code: 'cluster-taken' }])
    expect(backends()).toEqual(['10.9.9.9'])
  })

  it('is answered when its backends have taken the place of the silent one, however it calls', async () => {
    const { subject, backends } = await called()
    const second = { clusterUid: 'two', ttl: 10, claims: [elsewhere] }
    const { digest } = await meanwhile(subject.put('controller.b', second))
    await pass(70_000)
    const { promise, resolve: load } = Promise.withResolvers<void>()
    const { apply } = subject.driver
    vi.spyOn(subject.driver, 'apply').mockImplementation(async (...changes) => {
      await promise
      return await apply.apply(subject.driver, changes)
    })
    const body = new TextEncoder().encode(JSON.stringify(second))
    expect(subject.edge.unchanged(aCall('controller.b'), digest)).toBeUndefined()
    expect(subject.edge.unchanged(aCall('controller.b'), body)).toBeUndefined()
    const answered: string[] = []
    const answers = [
      Promise.resolve(subject.edge.renew(aCall('controller.b'), digest)).finally(() =>
        answered.push('renewal'),
      ),
      subject.put('controller.b', second).finally(() => answered.push('put')),
    ]
    await pass(3_000)
    expect(answered).toEqual([])
    load()
    await meanwhile(Promise.all(answers))
    expect(backends()).toEqual(['10.9.9.9'])
  })

  it('keeps nobody out by an empty document with a uid of its own', async () => {
    const subject = new EdgeInMemory()
    await meanwhile(subject.edge.start())
    await meanwhile(subject.put('narrow', { clusterUid: 'x', ttl: 600, claims: [] }))
    const answer = await meanwhile(subject.put('controller.a', { clusterUid: 'one', claims: [claim] }))
    expect(answer.status).toBe(200)
  })
})
