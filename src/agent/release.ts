import type { AgentEdge } from './agent.ts'
import type { Log } from './log.ts'

/**
 * Gives every claim up at every edge, or at those that answer within the signal's time. What was not given up lapses
 * by itself.
 */
export async function releaseAll(edges: readonly AgentEdge[], log: Log, signal: AbortSignal): Promise<void> {
  await Promise.all(
    edges.map(async ({ name, caller }) => {
      const verdict = await caller.release(signal)
      if (!verdict) log.info('released', { edge: name })
      else if (verdict.kind === 'refused') {
        const { code, detail } = verdict.refusal
        log.warn('not released: the claims lapse by themselves', { edge: name, code, detail })
      }
    }),
  )
}
