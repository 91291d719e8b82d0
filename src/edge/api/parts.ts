import type { Range } from '../../core/address/range.ts'
import type { Log } from '../../log.ts'
import type { TokenCreated, TokenRequest, TokenView } from '../../wire/token.ts'
import type { EdgeService, Identity } from '../edge-service.ts'
import type { BodyRoom } from './body-room.ts'

/** The tokens, as the API sees them. Errors are `RequestRefused`. */
export interface TokenDesk {
  /** Whose token an `Authorization` header holds. Throws `token-missing`, `token-unknown` or `token-expired`. */
  authenticate(authorization: string | undefined): Identity
  create(request: TokenRequest): TokenCreated
  list(): TokenView[]
  /** Throws `not-found`. */
  revoke(id: string): void
}

/** What the API is made of. */
export interface ApiParts {
  readonly edge: EdgeService
  readonly tokens: TokenDesk
  /** For the bodies of all servers together. */
  readonly bodies: BodyRoom
  /** The text of /metrics, in Prometheus' exposition format. */
  readonly metrics: () => Promise<string>
  readonly openMetrics: boolean
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly Range[]
  readonly log: Log
  /** Somebody was turned away for the token they sent, from this address. */
  readonly onTurnedAway: (caller: string) => void
}
