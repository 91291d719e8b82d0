import { EXIT, type ExitCode } from '../wire/exit-code.ts'
import { Announcer } from './announcer.ts'
import type { Caller } from './caller.ts'
import type { Clock } from './clock.ts'
import { EdgeLine } from './edge-line.ts'
import type { Log } from './log.ts'
import type { Readiness } from './readiness.ts'
import { type Standing, standingOf, type Verdict } from './verdict.ts'

/** One edge to call. */
export interface AgentEdge {
  /** As it stands in the log. */
  readonly name: string
  readonly caller: Caller
  /** Calls the listener when the connection goes between two calls. */
  readonly onBreak: (listener: () => void) => void
}

export interface AgentParts {
  readonly edges: readonly AgentEdge[]
  readonly clock: Clock
  readonly random: () => number
  /** Milliseconds between two calls. */
  readonly interval: number
  readonly log: Log
  readonly readiness: Pick<Readiness, 'set'>
  /** Calls the listener whenever the machine's addresses change, until the signal. */
  readonly watchAddresses: (onChange: () => void, stop: AbortSignal) => Promise<void>
}

/**
 * Calls every edge until told to stop, or until every one has refused for good. When it resolves or rejects, nothing of it
 * runs any more.
 * @throws what `readiness` or `watchAddresses` throws.
 */
export async function runAgent(parts: AgentParts, stop: AbortSignal): Promise<ExitCode> {
  const { edges, clock, random, interval, log, readiness, watchAddresses } = parts
  const end = new AbortController()
  stop.addEventListener('abort', () => end.abort(), { once: true })
  const standings = new Map<AgentEdge, Standing>()
  let code: ExitCode = EXIT.ok

  const lines = edges.map((edge) => {
    const announcer = new Announcer(log, edge.name)
    const onVerdict = (verdict: Verdict) => {
      announcer.tell(verdict)
      standings.set(edge, standingAfter(standings.get(edge), verdict))
      const all = [...standings.values()]
      // One edge is enough: that another is down must not take the pod out of its Service.
      readiness.set(all.includes('live'))
      if (all.length === edges.length && all.every((standing) => standing === 'hopeless')) {
        log.error('every edge refuses for good: mend what is named above, then start again')
        code = EXIT.refused
        end.abort()
      }
    }
    const line = new EdgeLine({ caller: edge.caller, clock, random, interval, onVerdict })
    edge.onBreak(() => line.connectionBroke())
    return line
  })

  const watch = watchAddresses(() => {
    log.info("this machine's addresses changed: calling from the new one")
    for (const line of lines) line.addressChanged()
  }, end.signal)
  const work = [watch, ...lines.map((line) => line.run(end.signal))]
  try {
    await Promise.all(work)
  } finally {
    end.abort()
    await Promise.allSettled(work)
  }
  return code
}

/**
 * Where an edge did not take the call (it is down, restarts, has a full disk), it still holds and serves what it took
 * before: a pod that is live stays ready. Only what an edge says of the claims takes that away.
 */
function standingAfter(before: Standing | undefined, verdict: Verdict): Standing {
  const standing = standingOf(verdict)
  return verdict.kind === 'refused' && standing === 'waiting' && before === 'live' ? 'live' : standing
}
