import { expect, it, onTestFinished } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.ts'
import type { ClaimRequest } from '../wire/claim.ts'
import type { ClaimAnswer, HeldDocument } from '../wire/document.ts'
import type { Taken } from './document-line.ts'
import type { Failed } from './edge-line.ts'
import { type EdgeOutcome, EdgePhone } from './edge-phone.ts'
import type { Wanted } from './wanted.ts'

const LIVE: ClaimAnswer = { index: 0, port: 8443, protocol: 'tcp', state: 'live' }
const TAKEN: ClaimAnswer = { ...LIVE, state: 'refused', code: 'port-taken', permanent: false }
const DOWN: Failed = {
  refusal: { code: 'edge-unreachable', detail: 'refused', remedy: '', permanent: false },
}
const REFUSED: Failed = {
  refusal: { code: 'document-invalid', detail: 'too many', remedy: '', permanent: true },
}
const FULL: Failed = { refusal: { code: 'edge-full', detail: '32 MB', remedy: '', permanent: false } }

/** An edge that answers as it is told to, and a phone that calls it on a clock of its own. */
function calling() {
  const clock = new VirtualClock()
  const calls: string[] = []
  const outcomes: EdgeOutcome[] = []
  const edge = {
    answers: [LIVE] as readonly ClaimAnswer[],
    failure: undefined as Failed | undefined,
    /** What the next renewal is answered, where it is not simply a renewal. */
    renewal: undefined as 'stale' | readonly ClaimAnswer[] | undefined,
    held: [] as readonly ClaimRequest[],
    /** How long a call takes, ms. */
    takes: 0,
  }
  const line = {
    async put(wanted: Wanted, signal: AbortSignal): Promise<Taken | Failed> {
      calls.push(`put ${wanted.sequence}`)
      await clock.sleep(edge.takes, signal)
      if (edge.failure) return edge.failure
      return { wanted, digest: `d${wanted.sequence}`, revision: '1', answers: edge.answers, isAlone: true }
    },
    async recall(): Promise<HeldDocument | Failed> {
      if (edge.failure === REFUSED) return { digest: 'd0', claims: [] }
      if (edge.failure || edge.held.length > 0) calls.push('recall')
      return edge.failure ?? { digest: '', claims: [...edge.held] }
    },
    async keep(digest: string): Promise<boolean> {
      calls.push(`keep ${digest}`)
      return edge.failure !== DOWN && edge.renewal !== 'stale'
    },
    async renew(taken: Taken): Promise<Taken | Failed | 'stale'> {
      calls.push(`renew ${taken.digest}`)
      const { renewal } = edge
      edge.renewal = undefined
      if (edge.failure) return edge.failure
      return renewal === 'stale' ? renewal : renewal ? { ...taken, answers: renewal } : taken
    },
  }
  const onOutcome = (outcome: EdgeOutcome) => outcomes.push(outcome)
  const recalled: number[] = []
  const onRecalled = (claims: readonly ClaimRequest[]) => {
    for (const { port } of claims) recalled.push(port)
  }
  const onPut = () => {}
  const phone = new EdgePhone({
    ...{ line, clock, random: () => 0.5, interval: 10_000 },
    ...{ onPut, onOutcome, onRecalled },
  })
  const stop = new AbortController()
  const run = phone.run(stop.signal)
  onTestFinished(async () => {
    stop.abort()
    await run
  })
  const want = (sequence: number) => phone.want({ fence: 1, sequence, claims: [] })
  return { clock, calls, outcomes, recalled, edge, phone, want }
}

it('calls nobody until it knows what is wanted', async () => {
  const { clock, calls } = calling()
  await clock.advance(60_000)
  expect(calls).toEqual([])
})

it('puts the whole once, and renews it by its digest from then on', async () => {
  const { clock, calls, outcomes, want } = calling()
  want(1)
  await clock.advance(25_000)
  expect(calls).toEqual(['put 1', 'renew d1', 'renew d1'])
  expect(outcomes).toHaveLength(1)
})

it('gathers changes that come close together, and makes them at once', async () => {
  const { clock, calls, want } = calling()
  want(1)
  await clock.advance(1_000)
  want(2)
  await clock.advance(10)
  want(3)
  await clock.advance(30)
  expect(calls).toEqual(['put 1', 'put 3'])
})

it('makes what came during a call right after it', async () => {
  const { clock, calls, edge, want } = calling()
  edge.takes = 500
  want(1)
  await clock.advance(100)
  want(2)
  await clock.advance(450)
  expect(calls).toEqual(['put 1', 'put 2'])
})

it('puts the whole again where the edge holds another document, or none', async () => {
  const { clock, calls, edge, want } = calling()
  want(1)
  await clock.advance(1_000)
  edge.renewal = 'stale'
  await clock.advance(10_000)
  expect(calls).toEqual(['put 1', 'renew d1', 'put 1'])
})

it('tells when a renewal shows that the edge would answer otherwise', async () => {
  const { clock, edge, outcomes, want } = calling()
  want(1)
  await clock.advance(1_000)
  edge.renewal = [TAKEN]
  await clock.advance(10_000)
  expect(outcomes).toMatchObject([{ taken: { answers: [LIVE] } }, { taken: { answers: [TAKEN] } }])
})

it('looks again soon where a claim is refused for now', async () => {
  const { clock, calls, edge, want } = calling()
  edge.answers = [TAKEN]
  want(1)
  await clock.advance(5_000)
  expect(calls).toEqual(['put 1', 'renew d1', 'renew d1'])
})

it('calls an edge that fails after growing pauses, however much changes meanwhile, and tells it all when it is back', async () => {
  const { clock, calls, edge, outcomes, want } = calling()
  edge.failure = DOWN
  want(1)
  for (let sequence = 2; sequence < 200; sequence++) {
    await clock.advance(100)
    want(sequence)
  }
  expect(calls.length).toBeLessThan(8)
  edge.failure = undefined
  await clock.advance(20_000)
  expect(calls).toContain('put 199')
  expect(outcomes.at(-1)?.kind).toBe('answered')
})

it('asks first what the edge holds, and puts nothing before it knows', async () => {
  const { clock, calls, recalled, edge, want } = calling()
  edge.failure = DOWN
  edge.held = [{ owner: 'web/nginx', port: 443, backends: [] }]
  want(1)
  await clock.advance(1_000)
  expect(new Set(calls)).toEqual(new Set(['recall']))
  edge.failure = undefined
  await clock.advance(20_000)
  expect(recalled).toEqual([443])
  expect(calls.filter((call) => call !== 'recall')).toEqual(['put 1', 'renew d1'])
})

it.each([
  ['refuses what is wanted now for good', REFUSED],
  ['has no room for what is wanted now', FULL],
])('keeps what the edge took before from lapsing, where the edge %s', async (_, refused) => {
  const { clock, calls, edge, outcomes, want } = calling()
  want(1)
  await clock.advance(1_000)
  edge.failure = { ...refused, retryAfter: 120 }
  want(2)
  await clock.advance(600_000)
  // Not less often than a renewal.
  expect(calls.filter((call) => call === 'keep d1').length).toBeGreaterThanOrEqual(60)
  expect(outcomes.at(-1)).toMatchObject({ kind: 'failed', keeps: true })
  edge.failure = undefined
  want(3)
  await clock.advance(10_000)
  expect(calls.at(-1)).toBe('put 3')
})

it('keeps what the leader before has put, where the first document is refused', async () => {
  const { clock, calls, edge, outcomes, want } = calling()
  edge.failure = REFUSED
  want(1)
  await clock.advance(60_000)
  expect(new Set(calls)).toEqual(new Set(['put 1', 'keep d0']))
  expect(outcomes.at(-1)).toMatchObject({ keeps: true })
})

it('says that nothing is kept where the edge holds another document, or is away', async () => {
  const { clock, edge, outcomes, want } = calling()
  want(1)
  await clock.advance(1_000)
  edge.failure = REFUSED
  edge.renewal = 'stale'
  want(2)
  await clock.advance(1_000)
  expect(outcomes.at(-1)).toEqual({ kind: 'failed', refusal: REFUSED.refusal })
  edge.failure = DOWN
  edge.renewal = undefined
  await clock.advance(60_000)
  expect(outcomes.at(-1)).toEqual({ kind: 'failed', refusal: DOWN.refusal })
})

it('keeps it also where the document does not get through: nobody knows for how long', async () => {
  const { clock, calls, edge, outcomes, want } = calling()
  want(1)
  await clock.advance(1_000)
  edge.failure = {
    refusal: { ...DOWN.refusal, detail: 'what answers there is no Homeport edge (status 413)' },
  }
  want(2)
  await clock.advance(600_000)
  expect(calls.filter((call) => call === 'keep d1').length).toBeGreaterThanOrEqual(60)
  expect(outcomes.at(-1)).toMatchObject({ kind: 'failed', keeps: true })
})

it('heeds how long it is asked to wait', async () => {
  const { clock, calls, edge, want } = calling()
  edge.failure = { ...DOWN, retryAfter: 120 }
  want(1)
  await clock.advance(119_000)
  expect(calls).toHaveLength(1)
  await clock.advance(2_000)
  expect(calls).toHaveLength(2)
})
