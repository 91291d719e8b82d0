import type { Claim, Document, RefusedClaim } from './document.ts'

/** Bytes of the names and numbers around what differs, as a row of the state file has them. */
const DOCUMENT = 512
const CLAIM = 128
const REFUSED = 80

/** A backend and a range, whatever the length of their addresses: a node that moves must not make a document larger. */
const BACKEND = 96
const RANGE = 52

/** What a document takes on the disk, in bytes, roughly and rather more than less. With its answer it takes some three times that in memory. */
export function documentSize({ claims, refused }: Pick<Document, 'claims' | 'refused'>): number {
  let bytes = DOCUMENT
  for (const claim of claims) bytes += claimSize(claim)
  for (const claim of refused) bytes += refusedSize(claim)
  return bytes
}

function claimSize({ owner, check, backends, allow = [] }: Claim): number {
  const path = check.type === 'http' ? check.path.length : 0
  return CLAIM + owner.length + path + backends.length * BACKEND + allow.length * RANGE
}

function refusedSize({ refusal }: RefusedClaim): number {
  return REFUSED + refusal.code.length + refusal.detail.length
}
