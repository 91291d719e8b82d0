import { hash, timingSafeEqual } from 'node:crypto'
import { formatBearer, parseBearer } from '../wire/bearer.ts'
import type { TokenCreated, TokenRequest, TokenView } from '../wire/token.ts'
import type { Identity } from './edge-service.ts'
import { RequestRefused } from './request-refused.ts'
import type { Store, TokenRecord } from './store/store.ts'

export interface TokenBookParts {
  readonly store: Store
  readonly tokens: readonly TokenRecord[]
  /** Of the edge's public key, as it is now; part of every token. */
  readonly fingerprint: string
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number
  /** Edge time, ms: written with every change. */
  readonly edgeTime: () => number
  readonly randomBytes: (count: number) => Buffer
  /** Told of each change, once it is on the disk. */
  readonly onChange: () => void
}

interface Known {
  readonly record: TokenRecord
  readonly hash: Buffer
  readonly identity: Identity
  lastUsed?: number
}

/** Compared with when no token of that id is known, so that the answer takes as long. */
const NOBODY = Buffer.alloc(43)

/** The tokens: in memory to ask, in the store to keep. A change counts from the next call on. */
export class TokenBook {
  readonly #parts: TokenBookParts
  readonly #known = new Map<string, Known>()

  constructor(parts: TokenBookParts) {
    this.#parts = parts
    for (const record of parts.tokens) this.#learn(record)
  }

  /**
   * Whose token a header `Authorization: Bearer <token>` holds.
   * @throws RequestRefused `token-missing`, `token-unknown` or `token-expired`
   */
  authenticate(authorization: string | undefined): Identity {
    if (!authorization?.startsWith('Bearer ')) {
      throw new RequestRefused('token-missing', 'there is no header `Authorization: Bearer <token>`')
    }
    const bearer = parseBearer(authorization.slice('Bearer '.length).trim())
    if (!bearer) throw new RequestRefused('token-unknown', 'this is not the form of a token')
    const known = this.#known.get(bearer.id)
    const right = timingSafeEqual(Buffer.from(digest(bearer.secret)), known?.hash ?? NOBODY)
    if (!known || !right) throw new RequestRefused('token-unknown', `no token ${bearer.id} with this secret`)
    const now = this.#parts.wallClock()
    if (expired(known.record, now)) {
      throw new RequestRefused('token-expired', `the token ${bearer.id} has expired`)
    }
    known.lastUsed = now
    return known.identity
  }

  /** Whether a token of this id still opens anything. */
  lives(id: string): boolean {
    const known = this.#known.get(id)
    return known !== undefined && !expired(known.record, this.#parts.wallClock())
  }

  /** @throws StorageFailed */
  create({ name, scope, expires }: TokenRequest): TokenCreated {
    const { store, edgeTime, randomBytes, wallClock, fingerprint, onChange } = this.#parts
    const id = randomBytes(6).toString('hex')
    const secret = randomBytes(32).toString('base64url')
    const record: TokenRecord = {
      id,
      name,
      hash: digest(secret),
      scope,
      fingerprint,
      created: wallClock(),
      ...(expires !== undefined && { expires: Date.parse(expires) }),
    }
    store.commit([{ kind: 'put-token', token: record }], edgeTime())
    onChange()
    return { ...viewOf(this.#learn(record)), token: formatBearer({ fingerprint, id, secret }) }
  }

  /** The oldest first. */
  list(): TokenView[] {
    return [...this.#known.values()].sort((a, b) => a.record.created - b.record.created).map(viewOf)
  }

  /** How many living tokens name another key than the edge has now: phones with them refuse it. */
  countOfOtherKey(): number {
    const { fingerprint, wallClock } = this.#parts
    return [...this.#known.values()].filter(
      ({ record }) =>
        record.fingerprint !== undefined &&
        record.fingerprint !== fingerprint &&
        !expired(record, wallClock()),
    ).length
  }

  /** @throws RequestRefused `not-found`, StorageFailed */
  revoke(id: string): void {
    if (!this.#known.has(id)) throw new RequestRefused('not-found', `there is no token ${id}`)
    const { store, edgeTime, onChange } = this.#parts
    store.commit([{ kind: 'delete-token', id }], edgeTime())
    this.#known.delete(id)
    onChange()
  }

  #learn(record: TokenRecord): Known {
    const identity = { id: record.id, scope: record.scope }
    const known = { record, identity, hash: Buffer.from(record.hash) }
    this.#known.set(record.id, known)
    return known
  }
}

/**
 * A secret has 256 random bits, so one round of a fast hash is enough: there is nothing to guess. In base64url, 43
 * characters: Node makes a string of it in a quarter of the time that a Buffer takes, and every call is asked for its token.
 */
function digest(secret: string): string {
  return hash('sha256', secret, 'base64url')
}

function expired({ expires }: TokenRecord, now: number): boolean {
  return expires !== undefined && expires <= now
}

function viewOf({ record, lastUsed }: Known): TokenView {
  const { id, name, scope, created, expires } = record
  return {
    id,
    name,
    scope,
    created: new Date(created).toISOString(),
    ...(expires !== undefined && { expires: new Date(expires).toISOString() }),
    ...(lastUsed !== undefined && { lastUsed: new Date(lastUsed).toISOString() }),
  }
}
