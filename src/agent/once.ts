import { EXIT, type ExitCode } from '../wire/exit-code.ts'
import type { AgentEdge, AgentParts } from './agent.ts'
import { Announcer } from './announcer.ts'
import { heedRetryAfter, pauseOf } from './pacing.ts'
import { type Standing, standingOf } from './verdict.ts'

/** Calls before it gives up: 0.5 + 1 + 2 + 4 s of pauses lie between them. */
const ATTEMPTS = 5

/** Calls every edge until its first definite answer. */
export async function runOnce(
  parts: Pick<AgentParts, 'edges' | 'clock' | 'random' | 'interval' | 'log'>,
  stop: AbortSignal,
): Promise<ExitCode> {
  const standings = await Promise.all(parts.edges.map((edge) => callOnce(edge, parts, stop)))
  if (standings.every((standing) => standing === 'live')) return EXIT.ok
  return standings.includes('hopeless') ? EXIT.refused : EXIT.unreachable
}

async function callOnce(
  { name, caller }: AgentEdge,
  { clock, random, interval, log }: Pick<AgentParts, 'clock' | 'random' | 'interval' | 'log'>,
  stop: AbortSignal,
): Promise<Standing> {
  const announcer = new Announcer(log, name)
  for (let attempt = 1; ; attempt++) {
    const verdict = await caller.call(stop)
    if (!stop.aborted) announcer.tell(verdict)
    const standing = standingOf(verdict)
    if (standing !== 'waiting' || attempt === ATTEMPTS || stop.aborted) return standing
    const pause = pauseOf('waiting', attempt, interval, random())
    await clock.sleep(heedRetryAfter(pause, verdict.retryAfter), stop)
  }
}
