import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { aCall, EdgeInMemory, HOLD_TIME } from '../testing/edge-in-memory.ts'
import type { Scope } from '../wire/token.ts'
import { RequestRefused } from './request-refused.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Let time go on until something has come about. */
async function meanwhile<Result>(work: Promise<Result>): Promise<Result> {
  let done = false
  const ended = work.finally(() => {
    done = true
  })
  ended.catch(() => {})
  while (!done) {
    await vi.advanceTimersByTimeAsync(5)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return ended
}

async function started(subject = new EdgeInMemory()): Promise<EdgeInMemory> {
  await meanwhile(subject.edge.start())
  return subject
}

/** Seconds pass, in steps that let every look happen. */
async function pass(ms: number): Promise<void> {
  await meanwhile(new Promise((resolve) => setTimeout(resolve, ms)))
}

async function codeOf(act: () => unknown): Promise<string> {
  try {
    await meanwhile(Promise.resolve().then(act))
    return 'none'
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
    return error instanceof Error ? error.name : 'unknown'
  }
}

const claim = { owner: 'mqtt/mosquitto', port: 8443, backends: [{ address: '10.0.0.1', port: 30843 }] }
const document = { claims: [claim] }
const otherOwner = { claims: [{ ...claim, owner: 'web/nginx' }] }
const EVERYTHING = { role: 'admin' as const }
const NODE = '10.0.0.1:30843'

describe('a call', () => {
  it('is answered when its claims are live', async () => {
    const subject = await started()
    const { status, claims } = await meanwhile(subject.put('a', document))
    expect(status).toBe(200)
    expect(claims).toMatchObject([{ port: 8443, state: 'live', backends: [{ health: 'checking' }] }])
    expect(subject.driver.applied.map(({ kind }) => kind)).toEqual(['open'])
  })

  it('leaves what it says as it is when it comes again: nothing written, nothing applied', async () => {
    const subject = await started()
    const first = await meanwhile(subject.put('a', document))
    const { commits } = subject.store
    const again = await subject.put('a', document)
    const otherBytes = await meanwhile(subject.put('a', { ttl: 60, claims: [claim] }))
    expect([again.digest, otherBytes.digest]).toEqual([first.digest, first.digest])
    expect(subject.store.commits).toBe(commits)
    expect(subject.driver.applied).toHaveLength(1)
  })

  it('is answered anew when only its bad claims changed, without waiting for the next look', async () => {
    const subject = await started()
    const bad = (port: number) => ({ claims: [claim, { ...claim, port, owner: 'nobody' }] })
    const first = await meanwhile(subject.put('a', bad(1)))
    const start = performance.now()
    const second = await meanwhile(subject.put('a', bad(2)))
    expect(performance.now() - start).toBeLessThan(100)
    expect(second.digest).not.toBe(first.digest)
    expect(second.claims.map(({ port }) => port)).toEqual([8443, 2])
  })

  it('that leaves a claim out is answered when its port is closed', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', { claims: [claim, { ...claim, port: 9000 }] }))
    await meanwhile(subject.put('a', document))
    expect(subject.driver.applied.map(({ kind }) => kind)).toEqual(['open', 'open', 'close'])
  })

  it('moves the traffic when it comes from another address', async () => {
    const subject = await started()
    const fromCaller = { claims: [{ ...claim, backends: [{ port: 30843 }] }] }
    await meanwhile(subject.put('a', fromCaller))
    await meanwhile(subject.put('a', fromCaller, { caller: '203.0.113.8' }))
    expect(subject.edge.routes(EVERYTHING)[0]?.backends.map(({ address }) => address)).toEqual([
      '203.0.113.8',
    ])
    expect(subject.driver.applied.map(({ kind }) => kind)).toEqual(['open', 'add-backend', 'retire-backend'])
  })

  it('tells of health as it changes, and its revision tells that it did', async () => {
    const subject = await started()
    const first = await meanwhile(subject.put('a', document))
    subject.driver.setHealth('tcp/8443', NODE, 'down', 'connection refused')
    await pass(2_000)
    const second = await meanwhile(subject.put('a', document))
    expect(second.claims[0]?.backends).toEqual([
      { address: '10.0.0.1', port: 30843, health: 'down', reason: 'connection refused' },
    ])
    expect(second.revision).not.toBe(first.revision)
  })

  it('is one of fifty at once: one commit, one reload', async () => {
    const subject = await started()
    const { commits } = subject.store
    const calls = Array.from({ length: 50 }, (_, index) =>
      subject.put(`p${index}`, { claims: [{ ...claim, port: 10_000 + index }] }),
    )
    const answers = await meanwhile(Promise.all(calls))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(subject.store.commits - commits).toBe(1)
    expect((await subject.edge.status()).haproxy.reloads).toBe(1)
  })
})

describe('a renewal by digest', () => {
  it('is answered from memory', async () => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', document))
    const { commits } = subject.store
    expect(subject.edge.renew(aCall('a'), digest).digest).toBe(digest)
    expect(subject.store.commits).toBe(commits)
  })

  it('asks for the whole document when the edge holds another, or none', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    expect(await codeOf(() => subject.edge.renew(aCall('a'), 'x'))).toBe('digest-mismatch')
    expect(await codeOf(() => subject.edge.renew(aCall('b'), 'x'))).toBe('document-unknown')
  })

  it('asks for it too when an address was left out and the caller has another one now', async () => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', { claims: [{ ...claim, backends: [{ port: 1 }] }] }))
    expect(await codeOf(() => subject.edge.renew(aCall('a', { caller: '203.0.113.8' }), digest))).toBe(
      'digest-mismatch',
    )
    const fixed = await meanwhile(subject.put('b', { claims: [{ ...claim, port: 2 }] }))
    expect(await codeOf(() => subject.edge.renew(aCall('b', { caller: '203.0.113.8' }), fixed.digest))).toBe(
      'none',
    )
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

it('new settings that were refused and taken back are forgotten', async () => {
  const subject = await started()
  await meanwhile(subject.put('a', document))
  subject.driver.refusals.set('tcp/8443', { code: 'haproxy-refused', detail: 'no' })
  expect((await meanwhile(subject.put('a', { claims: [{ ...claim, allow: [] }] }))).status).toBe(503)
  expect((await meanwhile(subject.put('a', document))).status).toBe(200)
  expect(subject.edge.routes(EVERYTHING)).toMatchObject([{ state: 'live' }])
})

it('a fault that nobody foresaw is told of once, and the edge goes on', async () => {
  const subject = await started()
  const observe = subject.driver.observe.bind(subject.driver)
  const fault = new TypeError('a bug')
  subject.driver.observe = () => Promise.reject(fault)
  await pass(5_000)
  expect(subject.logged.filter((line) => line === 'a fault in the edge')).toHaveLength(1)
  subject.driver.observe = observe
  await pass(2_000)
  expect((await meanwhile(subject.put('a', document))).status).toBe(200)
})

describe('a port', () => {
  it('is refused to a second owner, by name, and his when it is free', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    const refused = await meanwhile(subject.put('b', otherOwner))
    expect(refused.status).toBe(409)
    expect(refused.claims).toMatchObject([
      { state: 'refused', code: 'port-taken', detail: 'tcp/8443 belongs to home/mqtt/mosquitto' },
    ])
    await meanwhile(subject.edge.release(aCall('a')))
    await pass(100)
    expect((await meanwhile(subject.put('b', otherOwner))).claims).toMatchObject([{ state: 'live' }])
  })

  it('that the machine has is refused, harms no neighbour, and is served when it is free', async () => {
    const subject = await started()
    subject.driver.takenPorts.add(22)
    const both = { claims: [claim, { ...claim, port: 22 }] }
    const first = await meanwhile(subject.put('a', both))
    expect(first.status).toBe(207)
    expect(first.claims).toMatchObject([{ state: 'live' }, { code: 'port-taken-on-host' }])
    subject.driver.takenPorts.delete(22)
    await pass(4_000)
    expect((await meanwhile(subject.put('a', both))).status).toBe(200)
  })
})

it('a port whose new settings HAProxy refuses goes on with the old ones, and with new backends', async () => {
  const subject = await started()
  await meanwhile(subject.put('a', document))
  subject.driver.refusals.set('tcp/8443', { code: 'haproxy-refused', detail: 'no such check' })
  const reshaped = { claims: [{ ...claim, allow: [], backends: [{ address: '10.0.0.2', port: 30843 }] }] }
  expect(await meanwhile(subject.put('a', reshaped))).toMatchObject({
    status: 503,
    claims: [{ code: 'haproxy-refused' }],
  })
  await pass(1_500)
  expect(subject.driver.applied.map(({ kind }) => kind)).not.toContain('close')
  expect(subject.driver.applied.map(({ kind }) => kind)).toContain('add-backend')
  subject.driver.refusals.clear()
  await pass(60_000)
  expect((await meanwhile(subject.put('a', reshaped))).status).toBe(200)
})

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
    expect((await subject.edge.status()).warnings.join()).toContain('storage-failed')
    expect(subject.logged.filter((line) => line.includes('cannot be written'))).toHaveLength(1)
    subject.store.full = false
    await pass(2_000)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ state: 'stale' }])
    expect((await subject.edge.status()).warnings).toEqual([])
  })
})

describe('a data plane that does not answer', () => {
  it('makes every claim say so, and is served again when it does', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.driver.unavailable = 'no answer'
    await pass(2_000)
    expect(subject.events.map(({ type }) => type).slice(-1)).toEqual(['haproxy-unavailable'])
    const refused = await meanwhile(subject.put('b', { claims: [{ ...claim, port: 1 }] }))
    expect(refused).toMatchObject({ status: 503, claims: [{ code: 'haproxy-unavailable' }] })
    expect(subject.edge.ready().ready).toBe(false)
    subject.driver.unavailable = undefined
    await pass(2_000)
    expect((await meanwhile(subject.put('b', { claims: [{ ...claim, port: 1 }] }))).status).toBe(200)
    expect(subject.edge.ready().ready).toBe(true)
  })

  it('is given everything again after a crash', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.driver.crash()
    await pass(2_000)
    expect(subject.edge.routes(EVERYTHING)).toMatchObject([{ state: 'live' }])
  })
})

it('a heartbeat is not logged and no event', async () => {
  const subject = await started()
  await meanwhile(subject.put('a', document))
  await pass(3_000)
  const [lines, events] = [subject.logged.length, subject.events.length]
  await meanwhile(subject.put('a', document))
  await pass(3_000)
  expect([subject.logged.length, subject.events.length]).toEqual([lines, events])
})
