import { describe, expect, it } from 'vitest'
import { Leases } from '../core/registry/leases.ts'
import { EMPTY_STATE } from '../core/registry/state.ts'
import { aClaim, aDocument } from '../testing/documents.ts'
import { aCall, type EdgeInMemory, HOLD_TIME } from '../testing/edge-in-memory.ts'
import { meanwhile, pass, useFakeTime } from '../testing/fake-time.ts'
import { MemoryStore } from '../testing/memory-store.ts'
import { claim, codeOf, document, EVERYTHING, NODE, otherOwner, started } from '../testing/started-edge.ts'
import { Journal } from './journal.ts'
import { LeaseKeeper } from './lease-keeper.ts'

useFakeTime()

describe('a phone that falls silent', () => {
  it('keeps its port and its backend while that is well, for the hold time', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.driver.setHealth('tcp/8443', NODE, 'up')
    await pass(65_000)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ state: 'stale' }])
    expect(subject.edge.routes(EVERYTHING)).toMatchObject([{ state: 'live', backends: [{ stale: true }] }])
    expect((await meanwhile(subject.put('b', otherOwner))).claims).toMatchObject([{ code: 'port-taken' }])
    await pass(HOLD_TIME)
    expect(subject.edge.routes(EVERYTHING)).toMatchObject([{ owner: 'home/web/nginx' }])
    expect(subject.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['phone-silent', 'phone-gone']),
    )
  })

  it('loses a backend that fails, and gets it back only by a call', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    await pass(62_000)
    subject.driver.setHealth('tcp/8443', NODE, 'down')
    await pass(3_000)
    expect(subject.edge.routes(EVERYTHING)).toEqual([])
    expect((await meanwhile(subject.put('b', otherOwner))).claims).toMatchObject([{ code: 'port-taken' }])
    expect((await meanwhile(subject.put('a', document))).claims).toMatchObject([{ state: 'live' }])
  })

  it('is back with its next call', async () => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', document))
    await pass(65_000)
    subject.edge.renew(aCall('a'), digest)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ state: 'live', lapsesIn: 60 }])
    await pass(50_000)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ state: 'live' }])
  })
})

describe('a phone that returns while another document of its own waits to be written', () => {
  const empty = { claims: [], ttl: 10 }
  const body = new TextEncoder().encode(JSON.stringify(empty))

  it.each([
    ['by its body', (subject: EdgeInMemory) => subject.edge.put(aCall('a'), body)],
    ['by its digest', (subject: EdgeInMemory, digest: string) => subject.edge.renew(aCall('a'), digest)],
  ])('%s is told of the one that is held then, and so are those who renew that', async (_, call) => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', empty))
    await pass(15_000)
    expect(subject.edge.unchanged(aCall('a'), body)).toBeUndefined()
    const newer = subject.put('a', { claims: [], ttl: 20 })
    const renewal = call(subject, digest)
    const other = (await meanwhile(newer)).digest
    expect(other).not.toBe(digest)
    expect((await meanwhile(Promise.resolve(renewal))).digest).toBe(other)
    expect((await meanwhile(subject.put('a', { claims: [], ttl: 20 }))).digest).toBe(other)
    expect(subject.edge.unchanged(aCall('a'), other)).toMatchObject({ digest: other })
  })
})

describe('a phone whose token goes while its call waits to be written', () => {
  const renamed = { claims: [{ ...claim, owner: 'mqtt/renamed' }] }

  it.each([
    ['the first', 0],
    ['one after a silence', 65_000],
  ])('is held for no longer than any other that falls silent, where the call is %s', async (_, silence) => {
    const subject = await started()
    if (silence > 0) await meanwhile(subject.put('a', document))
    await pass(silence)
    const call = subject.put('a', renamed)
    subject.revoked.add('token')
    expect(await codeOf(() => call)).toBe('token-unknown')
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ owner: 'home/mqtt/renamed', lapsesIn: 60 }])
    await pass(65_000)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ state: 'stale' }])
    await pass(HOLD_TIME)
    expect(subject.edge.claims(EVERYTHING)).toEqual([])
  })
})

describe('the moment in which a hold is over', () => {
  /** A keeper, and the journal with a phone that has been silent for as long as its claims are held. */
  function atTheEnd() {
    let now = 0
    const edgeTime = () => now
    const journal = new Journal(EMPTY_STATE, new MemoryStore(), edgeTime, () => {})
    const keeper = new LeaseKeeper({
      journal,
      leases: new Leases(),
      edgeTime,
      holdTime: HOLD_TIME,
      observed: () => undefined,
    })
    journal.writeNow({ type: 'put', document: aDocument('a') }, { type: 'lapse', key: 'home/a', at: now })
    now = HOLD_TIME
    return { journal, keeper }
  }

  it('ends what the phone claimed', () => {
    const { journal, keeper } = atTheEnd()
    keeper.look()
    expect([...journal.state.documents.keys()]).toEqual([])
  })

  it('is too early for a phone whose call waits to be written', async () => {
    const { journal, keeper } = atTheEnd()
    const call = journal.write({ type: 'put', document: aDocument('a', [aClaim({ port: 1 })]) })
    keeper.look()
    await call
    expect([...journal.state.routes.keys()]).toEqual(['tcp/1'])
  })
})
