import type { AgentEdge } from './agent.ts'
import type { Log } from './log.ts'

/**
 * Gives every claim up at every edge, or at those that answer within the signal's time. What was not given up lapses
 * by itself.
 */
export async function releaseAll(edges: readonly AgentEdge[], log: Log, signal: AbortSignal): Promise<void> {
  await Promise.all(
    edges.map(async ({ name, caller }) => {
      const release = await caller.release(signal)
      if (release === 'released') log.info('released', { edge: name })
      else if (release === 'replaced') log.info('left to the phone that took over', { edge: name })
      else if (release.kind === 'refused') {
        const { code, detail } = release.refusal
        log.warn('not released: the claims lapse by themselves', { edge: name, code, detail })
      }
    }),
  )
}
