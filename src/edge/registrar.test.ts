import { describe, expect, it, vi } from 'vitest'
import { aCall } from '../testing/edge-in-memory.ts'
import { meanwhile, pass, useFakeTime } from '../testing/fake-time.ts'
import { claim, codeOf, document, EVERYTHING, started } from '../testing/started-edge.ts'
import type { Scope } from '../wire/token.ts'

useFakeTime()

describe('a renewal by digest', () => {
  it('is answered from memory', async () => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', document))
    const { commits } = subject.store
    expect(subject.edge.renew(aCall('a'), digest)).toMatchObject({ digest })
    expect(subject.edge.unchanged(aCall('a'), digest)).toMatchObject({ digest })
    expect(subject.store.commits).toBe(commits)
  })

  it('asks for the whole document when the edge holds another, or none', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    expect(await codeOf(() => subject.edge.renew(aCall('a'), 'x'))).toBe('digest-mismatch')
    expect(await codeOf(() => subject.edge.renew(aCall('b'), 'x'))).toBe('document-unknown')
    expect(['a', 'b'].map((phone) => subject.edge.unchanged(aCall(phone), 'x'))).toEqual([
      undefined,
      undefined,
    ])
  })

  it('asks for it too when an address was left out and the caller has another one now', async () => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', { claims: [{ ...claim, backends: [{ port: 1 }] }] }))
    expect(await codeOf(() => subject.edge.renew(aCall('a', { caller: '203.0.113.8' }), digest))).toBe(
      'digest-mismatch',
    )
    const unknown = await meanwhile(
      subject.put(
        'c',
        {
          claims: [
            { ...claim, port: 3 },
            { ...claim, backends: [{ port: 1 }] },
          ],
        },
        { caller: undefined },
      ),
    )
    expect(unknown.claims.map(({ code }) => code)).toEqual([undefined, 'caller-unknown'])
    expect(await codeOf(() => subject.edge.renew(aCall('c'), unknown.digest))).toBe('digest-mismatch')
    const fixed = await meanwhile(subject.put('b', { claims: [{ ...claim, port: 2 }] }))
    expect(await codeOf(() => subject.edge.renew(aCall('b', { caller: '203.0.113.8' }), fixed.digest))).toBe(
      'none',
    )
  })
})

describe('a renewal by the same body', () => {
  const body = new TextEncoder().encode(JSON.stringify(document))

  it('is answered from memory, and renews the lease', async () => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', document))
    await pass(30_000)
    const { commits } = subject.store
    expect(subject.edge.unchanged(aCall('a'), body)).toMatchObject({ status: 200, digest })
    expect(subject.store.commits).toBe(commits)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ lapsesIn: 60 }])
  })

  it('is no renewal for another phone, or from another address, or once the document is another', async () => {
    const subject = await started()
    expect(subject.edge.unchanged(aCall('a'), body)).toBeUndefined()
    await meanwhile(subject.put('a', document))
    expect(subject.edge.unchanged(aCall('b'), body)).toBeUndefined()
    expect(subject.edge.unchanged(aCall('a', { caller: '203.0.113.8' }), body)).toBeUndefined()
    await meanwhile(subject.put('a', { claims: [] }))
    expect(subject.edge.unchanged(aCall('a'), body)).toBeUndefined()
  })

  it('is refused to another token', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    const identity = { id: 'other', scope: { role: 'phone' as const } }
    expect(await codeOf(() => subject.edge.unchanged(aCall('a', { identity }), body))).toBe(
      'document-of-another',
    )
  })
})

describe('a call that comes again while its new settings wait for a reload', () => {
  const narrow = { claims: [{ ...claim, allow: ['192.0.2.0/24'] }] }

  /** An edge on which two phones are served, and one of them has narrowed its list of clients: `load` ends the reload. */
  async function narrowing() {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    await meanwhile(subject.put('b', { claims: [{ ...claim, port: 1 }] }))
    const { promise, resolve: load } = Promise.withResolvers<void>()
    const { apply } = subject.driver
    vi.spyOn(subject.driver, 'apply').mockImplementation(async (...changes) => {
      await promise
      return await apply.apply(subject.driver, changes)
    })
    const first = subject.put('a', narrow)
    await pass(10)
    return { subject, first, load, digest: subject.edge.held(aCall('a')).digest }
  }

  it('is not answered before they run, however it comes', async () => {
    const { subject, first, load, digest } = await narrowing()
    const body = new TextEncoder().encode(JSON.stringify(narrow))
    expect(subject.edge.unchanged(aCall('a'), body)).toBeUndefined()
    const answered: string[] = []
    const answers = [
      subject.put('a', narrow).finally(() => answered.push('put')),
      Promise.resolve(subject.edge.renew(aCall('a'), digest)).finally(() => answered.push('renewal')),
      subject.edge.read(aCall('a')).finally(() => answered.push('read')),
    ]
    await pass(3_000)
    expect(answered).toEqual([])
    load()
    const [again, renewal, read] = await meanwhile(Promise.all(answers))
    const { claims } = await meanwhile(first)
    expect(claims).toMatchObject([{ state: 'live' }])
    expect([again?.digest, renewal?.digest, read?.digest]).toEqual([digest, digest, digest])
    expect(subject.driver.applied.at(-1)).toMatchObject({ kind: 'reshape' })
  })

  it('is not answered with what a newer one says before that runs', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    const loads: (() => void)[] = []
    const { apply } = subject.driver
    vi.spyOn(subject.driver, 'apply').mockImplementation(async (...changes) => {
      await new Promise<void>((resolve) => loads.push(resolve))
      return await apply.apply(subject.driver, changes)
    })
    let answered = false
    const older = subject.put('a', narrow).finally(() => {
      answered = true
    })
    await pass(3_000)
    const newer = subject.put('a', { claims: [{ ...claim, allow: [] }] })
    await pass(10)
    loads.shift()?.()
    await pass(3_000)
    expect([answered, loads.length]).toEqual([false, 1])
    loads.shift()?.()
    expect((await meanwhile(older)).digest).toBe((await meanwhile(newer)).digest)
  })

  it('does not hold up a phone with other ports', async () => {
    const { subject, first, load } = await narrowing()
    const { digest } = subject.edge.held(aCall('b'))
    expect(subject.edge.renew(aCall('b'), digest)).toMatchObject({ status: 200 })
    load()
    await meanwhile(first)
  })
})

describe('who may write a document', () => {
  const thief = { identity: { id: 'thief', scope: { role: 'phone' as const } } }

  it('is who wrote it first', async () => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', document))
    expect(await codeOf(() => subject.put('a', { claims: [] }, thief))).toBe('document-of-another')
    expect(await codeOf(() => subject.edge.release(aCall('a', thief)))).toBe('document-of-another')
    expect(await codeOf(() => subject.edge.renew(aCall('a', thief), digest))).toBe('document-of-another')
    expect(await codeOf(() => subject.edge.read(aCall('a', thief)))).toBe('document-of-another')
    expect(subject.edge.routes(EVERYTHING)).toHaveLength(1)
  })

  it('is the first of two that write it in the same moment', async () => {
    const subject = await started()
    const [mine, theirs] = await meanwhile(
      Promise.allSettled([subject.put('a', document), subject.put('a', { claims: [] }, thief)]),
    )
    expect(mine.status).toBe('fulfilled')
    expect(theirs).toMatchObject({ status: 'rejected', reason: { code: 'document-of-another' } })
    expect(subject.edge.routes(EVERYTHING)).toHaveLength(1)
  })

  it("is anybody in scope once the first one's token was revoked", async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.revoked.add('token')
    expect((await meanwhile(subject.put('a', { claims: [] }, thief))).status).toBe(200)
    expect(subject.edge.routes(EVERYTHING)).toHaveLength(0)
  })

  it('is not somebody whose token opens less than the document of a revoked one claims', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.revoked.add('token')
    const narrow = { identity: { id: 'narrow', scope: { role: 'phone' as const, ports: ['5'] } } }
    expect(await codeOf(() => subject.edge.release(aCall('a', narrow)))).toBe('outside-scope')
    expect(await codeOf(() => subject.put('a', { claims: [] }, narrow))).toBe('outside-scope')
    expect(subject.edge.routes(EVERYTHING)).toHaveLength(1)
  })

  it('does not keep the operator from releasing it', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    await meanwhile(subject.edge.release(aCall('a', { identity: { id: 'operator', scope: EVERYTHING } })))
    expect(subject.edge.routes(EVERYTHING)).toHaveLength(0)
  })

  it('is nobody whose scope lacks the cluster', async () => {
    const subject = await started()
    const identity = { id: 'token', scope: { role: 'phone' as const, clusters: ['away'] } }
    expect(await codeOf(() => subject.put('a', document, { identity }))).toBe('outside-scope')
  })
})

describe('order', () => {
  it('a deposed leader and an overtaken call change nothing', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', { fence: 2, sequence: 2, ...document }))
    expect(await codeOf(() => subject.put('a', { fence: 1, claims: [] }))).toBe('fence-stale')
    expect(await codeOf(() => subject.put('a', { fence: 2, sequence: 1, claims: [] }))).toBe(
      'document-outdated',
    )
  })

  it('an older call that arrives in the same moment as a newer one, but behind it, changes nothing', async () => {
    const subject = await started()
    const [, older] = await meanwhile(
      Promise.allSettled([
        subject.put('a', { sequence: 2, ...document }),
        subject.put('a', { sequence: 1, claims: [] }),
      ]),
    )
    expect(older).toMatchObject({ status: 'rejected', reason: { code: 'document-outdated' } })
    expect(subject.edge.routes(EVERYTHING)).toHaveLength(1)
  })
})

describe('the claims of a document', () => {
  it('are given as they can be put again, to whoever wrote it', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    const held = subject.edge.held(aCall('a'))
    expect(held.claims).toEqual([{ ...claim, protocol: 'tcp', check: { type: 'tcp' } }])
    const { commits } = subject.store
    await meanwhile(subject.put('a', { claims: held.claims }))
    expect(subject.store.commits).toBe(commits)
    const thief = { identity: { id: 'thief', scope: { role: 'phone' as const } } }
    expect(await codeOf(() => subject.edge.held(aCall('a', thief)))).toBe('document-of-another')
    expect(await codeOf(() => subject.edge.held(aCall('b')))).toBe('document-unknown')
  })
})

describe('a release', () => {
  it('of a digest leaves another document alone', async () => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', document))
    await meanwhile(subject.put('a', { claims: [{ ...claim, port: 1 }] }))
    expect(await codeOf(() => subject.edge.release(aCall('a'), digest))).toBe('digest-mismatch')
    expect(subject.edge.routes(EVERYTHING)).toHaveLength(1)
  })

  it('does not let a deposed leader in again', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', { fence: 7, ...document }))
    await meanwhile(subject.edge.release(aCall('a')))
    expect(await codeOf(() => subject.put('a', { fence: 3, ...document }))).toBe('fence-stale')
    expect((await meanwhile(subject.put('a', { fence: 7, ...document }))).status).toBe(200)
  })
})

describe('what a token sees', () => {
  it('is what it could claim itself', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    const sees = (scope: Scope) => [subject.edge.routes(scope).length, subject.edge.claims(scope).length]
    expect(sees({ role: 'phone', clusters: ['home'], namespaces: ['mqtt'] })).toEqual([1, 1])
    expect(sees({ role: 'phone', namespaces: ['web'] })).toEqual([0, 0])
    expect(sees({ role: 'phone', ports: ['1'] })).toEqual([0, 0])
    expect(sees({ role: 'admin', clusters: ['away'] })).toEqual([0, 0])
    const identity = { id: 'admin', scope: { role: 'admin' as const, clusters: ['away'] } }
    expect(await codeOf(() => subject.edge.read(aCall('a', { identity })))).toBe('outside-scope')
  })
})

it('a document of which no claim is good is answered, and not kept', async () => {
  const subject = await started()
  const { commits } = subject.store
  const answer = await meanwhile(subject.put('a', { claims: [{ ...claim, port: 9443 }] }))
  expect(answer).toMatchObject({ status: 409, claims: [{ code: 'port-reserved' }] })
  expect(subject.store.commits).toBe(commits)
  expect(subject.edge.claims(EVERYTHING)).toEqual([])
})

it('the status has how much each cluster of the token holds', async () => {
  const subject = await started()
  await meanwhile(subject.put('a', { claims: [claim, { ...claim, port: 9443 }] }))
  await meanwhile(subject.put('b', document))
  await meanwhile(subject.put('c', { claims: [{ ...claim, port: 1 }] }, { cluster: 'away' }))
  const sees = async (scope: Scope) => (await subject.edge.status(scope)).clusters
  const [away, home] = await sees(EVERYTHING)
  expect([away, home]).toEqual([
    { name: 'away', documents: 1, claims: 1 },
    { name: 'home', documents: 2, claims: 3 },
  ])
  expect(await sees({ role: 'admin', clusters: ['home'] })).toEqual([home])
})

it('the status counts, and warns of, nothing that the token does not open', async () => {
  const subject = await started()
  await meanwhile(subject.put('a', document))
  const away = { claims: [40_000, 40_001].map((port) => ({ ...claim, port })) }
  await meanwhile(subject.put('b', away, { cluster: 'away' }))
  const seen = async (scope: Scope) => {
    const { documents, routes, warnings } = await subject.edge.status(scope)
    return [documents, routes, warnings.map((text) => text.slice(0, 10))]
  }
  expect(await seen(EVERYTHING)).toEqual([2, { live: 3, refused: 0 }, ['port 40000']])
  expect(await seen({ role: 'admin', clusters: ['home'] })).toEqual([1, { live: 1, refused: 0 }, []])
  expect(await seen({ role: 'admin', ports: ['40001'] })).toEqual([
    2,
    { live: 1, refused: 0 },
    ['port 40001'],
  ])
})
