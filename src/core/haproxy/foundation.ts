import { quoted } from './word.ts'

/** Everything in the configuration that is no route. Times in ms. */
export interface Foundation {
  readonly statsSocket: string
  /** Where a reload finds what the worker before it knew of the servers. */
  readonly stateFile: string
  /** Client connections at once, over all ports. */
  readonly maxConnections: number
  /** The same for one port, so that a flood on one leaves room for the others. */
  readonly maxConnectionsPerPort: number
  /** How long such a worker may live on at all. */
  readonly hardStopAfter: number
  readonly connectTimeout: number
  /** A session on which nothing was sent for so long is closed. */
  readonly idleTimeout: number
  /** Absent: as many as the machine has cores. */
  readonly threads?: number
}

/** HAProxy's own 10 are soon taken by exporters and dashboards, and then nobody can change anything. */
const MOST_CLI_CONNECTIONS = 100

/** 3.1 and later would end a worker after 50 reloads; how many old workers there are, the daemon bounds itself. */
const RELOADS_WITHOUT_END = 1_000_000

/** The name of the defaults section that every route takes its settings from. */
export const DEFAULTS = 'homeport'

/**
 * TCP keep-alive: a peer that vanished (a phone without a network, a node without power) is found after 30 + 3 x 10 s.
 * Without it a session whose peer is gone would last for the idle timeout.
 */
const KEEP_ALIVE = { idle: '30s', interval: '10s', count: 3 }

/**
 * A session of which one side has finished sending may still receive for so long: a client that sends a question, closes
 * its half and waits for the answer. A peer that is gone altogether is found by the keep-alive.
 */
const HALF_CLOSED = '1h'

const PREAMBLE =
  '# Written by Homeport, which overwrites every change made here. Your own sections go into the folder haproxy.d.'

/** The sections `global` and `defaults`. The description is left open: see `withDescription`. */
export function renderFoundation(foundation: Foundation): string {
  const sections = [globalLines(foundation), defaultsLines(foundation), OPERATORS_DEFAULTS]
  return `${PREAMBLE}\n\n${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

const DESCRIPTION = /^ {4}description (.*)$/m

/** The foundation with a text by which a running worker can tell what it has loaded (`show info`). */
export function withDescription(foundation: string, description: string): string {
  return foundation.replace(DESCRIPTION, `    description ${description}`)
}

export function descriptionOf(foundation: string): string | undefined {
  return DESCRIPTION.exec(foundation)?.[1]
}

/**
 * The last defaults section is the one that sections in haproxy.d get, where they bring none of their own: HAProxy's
 * defaults, as in a file that stands alone. (2.6 raises an alert for a section that is used both by name and in this way.)
 */
const OPERATORS_DEFAULTS = ['defaults']

function globalLines(foundation: Foundation): string[] {
  const { threads } = foundation
  return [
    'global',
    '    description -',
    `    stats socket ${quoted(foundation.statsSocket)} mode 600 level admin expose-fd listeners`,
    `    stats maxconn ${MOST_CLI_CONNECTIONS}`,
    '    stats timeout 1m',
    `    maxconn ${foundation.maxConnections}`,
    ...(threads === undefined ? [] : [`    nbthread ${threads}`]),
    `    hard-stop-after ${foundation.hardStopAfter}ms`,
    `    mworker-max-reloads ${RELOADS_WITHOUT_END}`,
    '    spread-checks 5',
    `    server-state-file ${quoted(foundation.stateFile)}`,
  ]
}

/**
 * A connection that a backend refuses or does not take is tried on another one, at each of three retries. `leastconn`
 * suits sessions that last for days (a backend that returns soon has its share) and takes servers at run time.
 */
function defaultsLines({ maxConnectionsPerPort, connectTimeout, idleTimeout }: Foundation): string[] {
  return [
    `defaults ${DEFAULTS}`,
    '    mode tcp',
    `    maxconn ${maxConnectionsPerPort}`,
    '    balance leastconn',
    '    retries 3',
    '    option redispatch 1',
    `    timeout connect ${connectTimeout}ms`,
    `    timeout client ${idleTimeout}ms`,
    `    timeout server ${idleTimeout}ms`,
    `    timeout client-fin ${HALF_CLOSED}`,
    `    timeout server-fin ${HALF_CLOSED}`,
    `    timeout check ${CHECK_TIMEOUT}ms`,
    ...['cli', 'srv'].flatMap((side) => [
      `    option ${side}tcpka`,
      `    ${side}tcpka-idle ${KEEP_ALIVE.idle}`,
      `    ${side}tcpka-intvl ${KEEP_ALIVE.interval}`,
      `    ${side}tcpka-cnt ${KEEP_ALIVE.count}`,
    ]),
    '    load-server-state-from-file global',
  ]
}

/**
 * How a health check is timed, ms. A check gives up connecting after min(timeout connect, inter), and then waits for an
 * HTTP answer for `timeout check` (configuration manual 2.6, `timeout check`). So a backend that dies right after a good
 * check, at worst, and swallows packets gets its last connection after
 *
 *     750 inter + 750 connect + 200 fastinter + 750 connect = 2450, and 5 % (spread-checks) of the pauses: 2498 ms
 *
 * and one that takes connections and answers none, under an HTTP check, after
 *
 *     750 inter + 900 check + 200 fastinter + 900 check = 2750, and 5 % of the pauses: 2798 ms
 *
 * One that refuses is found after 750 + 200, and each connection that it refused before went to another one.
 */
const CHECK_TIMEOUT = 900

/** Two failures are needed, so that one lost packet (a SYN is sent again after 1 s only) takes no backend away. */
export const CHECK = 'check inter 750 fastinter 200 downinter 1000 fall 2 rise 2'
