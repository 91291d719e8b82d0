import { describe, expect, it } from 'vitest'
import { aCall } from '../testing/edge-in-memory.ts'
import { meanwhile, useFakeTime } from '../testing/fake-time.ts'
import { claim, codeOf, document, EVERYTHING, otherOwner, started } from '../testing/started-edge.ts'

useFakeTime()

const neighbour = { identity: { id: 'neighbour', scope: { role: 'phone' as const } } }

/** An edge with a token that has two documents with three good claims, and a neighbour with one at port 7. */
async function startedWithEstate() {
  const subject = await started()
  await meanwhile(subject.put('a', { claims: [claim, { ...claim, port: 9443, owner: 'mqtt/reserved' }] }))
  await meanwhile(
    subject.put('b', {
      claims: [
        { ...claim, port: 1 },
        { ...claim, port: 2 },
      ],
    }),
  )
  await meanwhile(subject.put('c', { claims: [{ ...claim, port: 7 }] }, neighbour))
  return subject
}

const portsOf = (subject: Awaited<ReturnType<typeof started>>) =>
  subject.edge.routes(EVERYTHING).map(({ port }) => port)

describe('what a revoked token has claimed', () => {
  it('is released in one write, and its ports are closed when that is answered', async () => {
    const subject = await startedWithEstate()
    subject.revoked.add('token')
    const { commits } = subject.store
    const holdings = await meanwhile(subject.edge.releaseHoldings('token', EVERYTHING))
    expect(holdings).toEqual({ documents: 2, claims: 3, closing: [] })
    expect(subject.store.commits - commits).toBe(1)
    expect(subject.driver.applied.filter(({ kind }) => kind === 'close')).toHaveLength(3)
    expect(portsOf(subject)).toEqual([7])
    expect(subject.store.load().documents.map(({ phone }) => phone)).toEqual(['c'])
    expect(subject.edge.holdings('token')).toEqual({ documents: 0, claims: 0 })
  })

  it('stays until it is asked for, and is counted: the good claims only', async () => {
    const subject = await startedWithEstate()
    subject.revoked.add('token')
    expect(subject.edge.holdings('token')).toEqual({ documents: 2, claims: 3 })
    expect(portsOf(subject)).toEqual([1, 2, 7, 8443])
  })

  it('is open still where HAProxy cannot close it now, and that is told', async () => {
    const subject = await startedWithEstate()
    subject.revoked.add('token')
    subject.driver.unavailable = 'no answer'
    const { closing } = await meanwhile(subject.edge.releaseHoldings('token', EVERYTHING))
    expect(closing.map(({ port, code }) => [port, code])).toEqual([
      [8443, 'haproxy-unavailable'],
      [1, 'haproxy-unavailable'],
      [2, 'haproxy-unavailable'],
    ])
  })

  it('goes to who was next in line for it', async () => {
    const subject = await startedWithEstate()
    await meanwhile(subject.put('d', otherOwner, neighbour))
    subject.revoked.add('token')
    await meanwhile(subject.edge.releaseHoldings('token', EVERYTHING))
    expect(subject.edge.routes(EVERYTHING)).toMatchObject([
      { port: 7 },
      { port: 8443, owner: 'home/web/nginx', state: 'live' },
    ])
  })

  it('is not released while the token lives', async () => {
    const subject = await startedWithEstate()
    expect(await codeOf(() => subject.edge.releaseHoldings('token', EVERYTHING))).toBe('not-found')
    expect(portsOf(subject)).toEqual([1, 2, 7, 8443])
  })

  it.each([{ clusters: ['away'] }, { ports: ['1', '8443'] }])(
    'is not released by one who has only %j',
    async (limits) => {
      const subject = await startedWithEstate()
      subject.revoked.add('token')
      const scope = { ...EVERYTHING, ...limits }
      expect(await codeOf(() => subject.edge.releaseHoldings('token', scope))).toBe('outside-scope')
      expect(portsOf(subject)).toEqual([1, 2, 7, 8443])
    },
  )

  it('is left whole where the disk is full, and released when it is asked for again', async () => {
    const subject = await startedWithEstate()
    subject.revoked.add('token')
    subject.store.full = true
    const release = () => subject.edge.releaseHoldings('token', EVERYTHING)
    expect(await codeOf(release)).toBe('StorageFailed')
    expect(portsOf(subject)).toEqual([1, 2, 7, 8443])
    subject.store.full = false
    expect(await codeOf(release)).toBe('none')
    expect(portsOf(subject)).toEqual([7])
  })

  it('has the call that was waiting to be written, which is refused', async () => {
    const subject = await started()
    const last = subject.put('a', document)
    last.catch(() => {})
    subject.revoked.add('token')
    const released = await meanwhile(subject.edge.releaseHoldings('token', EVERYTHING))
    expect(released).toMatchObject({ documents: 1, claims: 1 })
    expect(await codeOf(() => last)).toBe('token-unknown')
    expect(subject.store.load().documents).toEqual([])
  })

  it('does not come back with a call that arrives later, though it was let in before', async () => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', document))
    subject.revoked.add('token')
    expect(await codeOf(() => subject.edge.renew(aCall('a'), digest))).toBe('token-unknown')
    await meanwhile(subject.edge.releaseHoldings('token', EVERYTHING))
    expect(await codeOf(() => subject.put('a', document))).toBe('token-unknown')
    expect(subject.store.load().documents).toEqual([])
  })

  it('does not let a deposed leader in again', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', { fence: 7, ...document }))
    subject.revoked.add('token')
    await meanwhile(subject.edge.releaseHoldings('token', EVERYTHING))
    expect(await codeOf(() => subject.put('a', { fence: 3, ...document }, neighbour))).toBe('fence-stale')
  })
})
