import type { PortKey } from '../core/route.ts'
import type { DocumentAnswer, HeldDocument, ReleaseAnswer } from '../wire/document.ts'
import type { Scope } from '../wire/token.ts'
import type { ClaimView, EventView, RouteView, StatusView } from '../wire/views.ts'

/** Whose call it is: a token, or the operator at the edge's own socket. */
export interface Identity {
  /** The token's id; `operator` for the local socket. */
  readonly id: string
  readonly scope: Scope
}

/** A call about one document, authenticated. Names were checked against the wire's patterns. */
export interface Call {
  readonly identity: Identity
  readonly cluster: string
  readonly phone: string
  /**
   * The caller's address, canonical; already taken from X-Forwarded-For where a configured proxy says so. Undefined where
   * such a proxy does not say.
   */
  readonly caller: string | undefined
}

/** How much a token has written and not given up. */
export interface Holdings {
  readonly documents: number
  /** In those documents; only such as were good. */
  readonly claims: number
}

/** What a phone is answered. */
export interface Answer {
  /** 200, 207 or the refusal's own when no claim is live. */
  readonly status: number
  /** The document's digest, for the ETag. */
  readonly digest: string
  /** Changes whenever `body` does: lets a phone that renews by digest see that it should look again. */
  readonly revision: string
  /** A `DocumentAnswer` as JSON text, kept so that a renewal costs no serialising. */
  readonly body: string
}

/**
 * The edge, as its API sees it. Every method throws `RequestRefused` for a call that is wrong as a whole. Results that
 * come from memory are returned as they are, so that a renewal waits for no tick.
 */
export interface EdgeService {
  /** Take the document (a JSON text in UTF-8), make it live, and say what became of each claim. */
  put(call: Call, body: Uint8Array): Answer | Promise<Answer>
  /**
   * Renew by the very body that made the document, or by its digest, where that changes nothing and the answer is there;
   * undefined where `put` or `renew` has to see it.
   */
  unchanged(call: Call, document: Uint8Array | string): Answer | undefined
  /** Renew by digest. Throws `digest-mismatch` or `document-unknown` when the whole document is needed. */
  renew(call: Call, digest: string): Answer | Promise<Answer>
  /**
   * Release every claim of the document, of that `digest` if one is given; resolves when the ports are
   * closed, or with those that are open still. The operator may release anybody's.
   */
  release(call: Call, digest?: string): Promise<ReleaseAnswer>
  /** Which of these ports are open though nobody claims them any more, and why. */
  closing(ports: Iterable<PortKey>): ReleaseAnswer
  /** What became of the document. */
  read(call: Call): Promise<DocumentAnswer>
  /** The claims of the document, as they could be put again. */
  held(call: Call): HeldDocument
  /** What the token of this id has written and not given up. */
  holdings(token: string): Holdings
  /**
   * Release all that a token wrote that is no more, as far as `scope` opens it; resolves when the ports are closed, or
   * with those that are open still.
   */
  releaseHoldings(token: string, scope: Scope): Promise<Holdings & ReleaseAnswer>
  /** Of all clusters, or of those that `scope` opens. Sorted by port. */
  routes(scope: Scope): RouteView[]
  claims(scope: Scope): ClaimView[]
  /** Documents, clusters, routes and what is said of them are those that `scope` opens. */
  status(scope: Scope): Promise<StatusView>
  /** Calls `listener` with each later event, and first with those kept since `after`. Returns the way to stop. */
  events(after: number | undefined, listener: (event: EventView) => void): () => void
  /** Whether the state is loaded and the data plane serves it. */
  ready(): { readonly ready: boolean; readonly detail: string }
}
