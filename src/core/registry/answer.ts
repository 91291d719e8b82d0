import type { BackendAnswer, ClaimAnswer, DocumentAnswer, ReleaseAnswer } from '../../wire/document.ts'
import { type ErrorCode, errorEntry } from '../../wire/error-codes.ts'
import { areNamesakes, type OwnerKey, ownerInCluster, ownerName } from '../owner.ts'
import type { Refusal } from '../refusal.ts'
import { backendName, type PortKey, portKey, readPortKey } from '../route.ts'
import type { Claim, RefusedClaim } from './document.ts'
import { type HeldDocument, lostBackend, type State } from './state.ts'

/** What became of a route in the data plane. */
export type Service =
  | { readonly state: 'live'; readonly backends: ReadonlyMap<string, BackendHealth> }
  | { readonly state: 'refused'; readonly refusal: Refusal }

export type BackendHealth = Pick<BackendAnswer, 'health' | 'reason'>

/** What a phone is told of its document: every claim, in the order in which it sent them. */
export function answerOf(
  held: HeldDocument,
  state: State,
  serviceOf: (key: PortKey) => Service,
): DocumentAnswer {
  const claims = [
    ...held.claims.map((claim) => claimAnswer(claim, held, state, serviceOf)),
    ...refusedAnswers(held.refused),
  ]
  return { digest: held.digest, claims: claims.sort((a, b) => a.index - b.index) }
}

/**
 * The HTTP status of an answer: 200 when every claim is live, 207 when some are, and the first refusal's own when none
 * is, so that a plain `curl -f` knows.
 */
export function statusOf({ claims }: DocumentAnswer): number {
  const refused = claims.filter(({ state }) => state === 'refused')
  const [first] = refused
  if (!first) return 200
  return refused.length < claims.length ? 207 : (first.status ?? 503)
}

/** Why a claim is not served, or undefined where the data plane has the word. */
export function claimRefusal(claim: Claim, state: State): Refusal | undefined {
  const key = portKey(claim.protocol, claim.port)
  const owner = state.ports.get(key)?.owner
  if (owner !== undefined && owner !== claim.owner) return taken(key, owner, claim.owner)
  if (!state.routes.has(key)) {
    return {
      code: 'no-backend',
      detail: `${key} is kept for ${ownerName(claim.owner)}, without a backend to forward to`,
    }
  }
  return undefined
}

function taken(key: PortKey, owner: OwnerKey, claimant: OwnerKey): Refusal {
  return areNamesakes(owner, claimant)
    ? {
        code: 'cluster-taken',
        detail: `${key} belongs to ${ownerName(owner)} of another cluster of that name`,
      }
    : { code: 'port-taken', detail: `${key} belongs to ${ownerName(owner)}` }
}

function claimAnswer(
  claim: Claim,
  held: HeldDocument,
  state: State,
  serviceOf: (key: PortKey) => Service,
): ClaimAnswer {
  const { index, owner, port, protocol } = claim
  const about = { index, owner: ownerInCluster(owner), port, protocol }
  const refusal = claimRefusal(claim, state)
  if (refusal) return { ...about, ...refusedState(refusal) }
  const key = portKey(protocol, port)
  const service = serviceOf(key)
  if (service.state === 'refused') return { ...about, ...refusedState(service.refusal) }
  const backends = claim.backends.map((backend): BackendAnswer => {
    const name = backendName(backend)
    const lost = held.lost?.includes(lostBackend(key, name))
    const seen = service.backends.get(name)
    const health = seen?.health ?? (lost ? 'down' : 'checking')
    const reason = seen?.reason
    return { address: backend.address, port: backend.port, health, ...(reason !== undefined && { reason }) }
  })
  return { ...about, state: 'live', backends }
}

/** What is told of the ports of a document that was released. */
export function releaseAnswer(
  ports: Iterable<PortKey>,
  closing: (key: PortKey) => Refusal | undefined,
): ReleaseAnswer {
  const open = [...ports].flatMap((key) => {
    const refusal = closing(key)
    return refusal ? [{ ...readPortKey(key), ...refusal }] : []
  })
  return { closing: open }
}

/** What a phone is told of claims that were refused for what they say. */
export function refusedAnswers(refused: readonly RefusedClaim[]): ClaimAnswer[] {
  return refused.map(refusedAnswer)
}

function refusedAnswer({ refusal, ...about }: RefusedClaim): ClaimAnswer {
  return { ...about, ...refusedState(refusal) }
}

function refusedState({ code, detail }: Refusal): {
  state: 'refused'
  code: ErrorCode
  status: number
  permanent: boolean
  detail: string
} {
  const { status, lasts } = errorEntry(code)
  return { state: 'refused', code, status, permanent: lasts === 'permanent', detail }
}
