import { describe, expect, it } from 'vitest'
import { HOLD_TIME } from '../testing/edge-in-memory.ts'
import { meanwhile, pass, useFakeTime } from '../testing/fake-time.ts'
import { claim, codeOf, document, EVERYTHING, started } from '../testing/started-edge.ts'

useFakeTime()

describe('a restart', () => {
  it('gives every phone its lease anew, and every port its owner', async () => {
    const subject = await started()
    await meanwhile(subject.put('b', { claims: [{ ...claim, owner: 'web/nginx', port: 1 }] }))
    await meanwhile(subject.put('a', document))
    await meanwhile(subject.put('b', { claims: [{ ...claim, owner: 'web/nginx', port: 8443 }] }))
    const again = await started(subject.successor())
    expect(again.edge.routes(EVERYTHING)).toMatchObject([
      { port: 8443, owner: 'home/mqtt/mosquitto', state: 'live' },
    ])
    expect(again.edge.claims(EVERYTHING).map(({ lapsesIn }) => lapsesIn)).toEqual([60, 60])
  })

  it('goes on with a hold where it was', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    await pass(60_000 + HOLD_TIME / 2)
    await meanwhile(subject.edge.stop())
    const again = await started(subject.successor())
    const [view] = again.edge.claims(EVERYTHING)
    expect(view?.state).toBe('stale')
    expect(view?.lapsesIn).toBeLessThanOrEqual(HOLD_TIME / 2000 + 2)
    expect(view?.lapsesIn).toBeGreaterThan(HOLD_TIME / 2000 - 62)
  })
})

describe('a disk that is full', () => {
  it('refuses what is new, and lets everything else go on', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.store.full = true
    expect(await codeOf(() => subject.put('b', { claims: [{ ...claim, port: 1 }] }))).toBe('StorageFailed')
    expect(subject.edge.routes(EVERYTHING)).toHaveLength(1)
    expect((await meanwhile(subject.put('a', document))).status).toBe(200)
    subject.store.full = false
    expect((await meanwhile(subject.put('b', { claims: [{ ...claim, port: 1 }] }))).status).toBe(200)
  })

  it('does not end a lease it cannot write down, and is told of once', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.store.full = true
    await pass(70_000)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ state: 'live' }])
    expect((await subject.edge.status(EVERYTHING)).warnings.join()).toContain('storage-failed')
    expect(subject.logged.filter((line) => line.includes('cannot be written'))).toHaveLength(1)
    subject.store.full = false
    await pass(2_000)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ state: 'stale' }])
    expect((await subject.edge.status(EVERYTHING)).warnings).toEqual([])
  })
})
