import type { ClaimRequest } from '../../wire/claim.ts'
import { MAX_ADDRESSES, MAX_CLAIMS, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_VALUES } from '../../wire/document.ts'
import type { ServiceObject } from './objects.ts'
import type { Fate } from './outcome.ts'

/** What claims take of a document, in each of the ways in which an edge limits it. */
export interface Weight {
  readonly claims: number
  /** Backends, and ranges that are allowed. */
  readonly addresses: number
  readonly bytes: number
  /** Of JSON: objects, lists and what is in them. */
  readonly values: number
}

/**
 * A Service's share: a hundredth of the ports, a tenth of the addresses. What it asks for beyond that is not served, so that no
 * annotation makes the document of a whole cluster one that the edge does not take.
 */
export const SERVICE_BUDGET = { claims: 250, addresses: 12_000 } as const

/** A namespace's share: more ports than a cluster has node ports (2,768 as a rule), and half of everything else. */
const NAMESPACE_BUDGET: Weight = {
  claims: 5_000,
  addresses: MAX_ADDRESSES / 2,
  bytes: MAX_DOCUMENT_BYTES / 2,
  values: MAX_DOCUMENT_VALUES / 2,
}

/** Bytes, and more than enough values, for what a document has beside its claims. */
const ENVELOPE = 1024

const DOCUMENT_BUDGET: Weight = {
  claims: MAX_CLAIMS,
  addresses: MAX_ADDRESSES,
  bytes: MAX_DOCUMENT_BYTES - ENVELOPE,
  values: MAX_DOCUMENT_VALUES - ENVELOPE,
}

const NOTHING: Weight = { claims: 0, addresses: 0, bytes: 0, values: 0 }

/** What is left of one edge's document while claims are put into it. */
export class Room {
  #all = NOTHING
  readonly #byNamespace = new Map<string, Weight>()

  /** Make room for a claim; why there is none, where there is none. */
  take({ namespace }: ServiceObject, claim: ClaimRequest): Fate | undefined {
    const weight = weigh(claim)
    const own = sum(this.#byNamespace.get(namespace) ?? NOTHING, weight)
    const all = sum(this.#all, weight)
    const exceeded = excess(own, NAMESPACE_BUDGET)
    if (exceeded) return refused(`the namespace ${namespace}`, exceeded, NAMESPACE_BUDGET)
    const full = excess(all, DOCUMENT_BUDGET)
    if (full) return refused('the cluster', full, DOCUMENT_BUDGET)
    this.#byNamespace.set(namespace, own)
    this.#all = all
    return undefined
  }
}

/** A claim never changes, and goes into one document after the other. */
const weights = new WeakMap<ClaimRequest, Weight>()

function weigh(claim: ClaimRequest): Weight {
  const known = weights.get(claim)
  if (known) return known
  const text = JSON.stringify(claim)
  const weight = {
    claims: 1,
    addresses: addressesOf(claim),
    // With the comma behind it.
    bytes: text.length + 1,
    values: text.replace(/[^[{,]/g, '').length + 1,
  }
  weights.set(claim, weight)
  return weight
}

/** Backends and ranges. */
export function addressesOf({ backends, allow = [] }: ClaimRequest): number {
  return backends.length + allow.length
}

const NAMES: readonly (readonly [keyof Weight, string])[] = [
  ['claims', 'ports'],
  ['addresses', 'backends and ranges'],
  ['bytes', 'bytes'],
  ['values', 'values'],
]

function excess(weight: Weight, budget: Weight): (typeof NAMES)[number] | undefined {
  return NAMES.find(([kind]) => weight[kind] > budget[kind])
}

function sum(a: Weight, b: Weight): Weight {
  return {
    claims: a.claims + b.claims,
    addresses: a.addresses + b.addresses,
    bytes: a.bytes + b.bytes,
    values: a.values + b.values,
  }
}

/** The same words for as long as it lasts: they are told again when they change. */
function refused(who: string, [kind, name]: (typeof NAMES)[number], budget: Weight): Fate {
  const detail = `${who} has as much of one edge as it may have: ${budget[kind]} ${name}`
  return { state: 'refused', code: 'too-many-ports', detail }
}
