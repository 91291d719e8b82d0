import type { Agent } from 'node:http'
import type { ConnectionOptions } from 'node:tls'

/** What a request carries to be let in. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  /** The authority to trust, the client's certificate, the name to expect. */
  readonly tls: Pick<
    ConnectionOptions,
    'ca' | 'cert' | 'key' | 'passphrase' | 'rejectUnauthorized' | 'servername'
  >
  /** The pool of connections to use instead of one of ours: through a proxy. */
  readonly agent?: Agent
}

/** Where an API server is, and how it lets us in. */
export interface Access {
  readonly server: URL
  /** The namespace that the configuration names; in a pod, the pod's. */
  readonly namespace?: string
  /** As they are at this moment: tokens and certificates change while we run. */
  credentials(): Promise<Credentials>
  /** What was read is refused: the next credentials are read anew. */
  renew(): void
}
