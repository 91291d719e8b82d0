/** How Homeport runs HAProxy. Times in ms. */
export interface HaproxySettings {
  /** A name to be found in PATH, or a path. */
  readonly binary: string
  /**
   * Who starts HAProxy: `own`, this daemon (HAProxy outlives it and is adopted by the next), or `service`, a service
   * manager that runs `haproxyArguments`. One that already runs is adopted either way.
   */
  readonly start: 'own' | 'service'
  /** Where haproxy.cfg is written, and the last good one kept. Made if missing. */
  readonly configDirectory: string
  /** For the sockets, the servers' state and HAProxy's log. At most 80 characters long. Made if missing. */
  readonly runtimeDirectory: string
  /** The operator's own part of the configuration, read after ours and never edited. Made if missing. */
  readonly includeDirectory: string
  /** Addresses to listen on. Absent: all, of IPv4 and (where the machine has it) IPv6. `::` is all of IPv6 only. */
  readonly bind?: readonly string[]
  /** How long a backend may take to accept a connection before another one is tried. */
  readonly connectTimeout: number
  /** How long a session may stand still. */
  readonly idleTimeout: number
  /** How long the sessions of a backend that left may go on before they are cut. */
  readonly drainTime: number
  /** How long sessions may go on in a worker that a reload has replaced. HAProxy takes 24.8 days at most. */
  readonly hardStopAfter: number
  /**
   * How many such workers there may be; beyond, those with the fewest sessions are ended. Each costs 5 to 40 MB while one of
   * its sessions lasts.
   */
  readonly maxOldWorkers: number
  /** Client connections at once. Absent: as many as HAProxy's file limit allows (see `shareOut`). */
  readonly maxConnections?: number
  /** The same for one port. Absent: three quarters of all. */
  readonly maxConnectionsPerPort?: number
  /** Absent: one a core. */
  readonly threads?: number
}
