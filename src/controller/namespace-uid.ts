import { hasStatus } from '../kubernetes/api-failed.ts'
import type { ApiServer } from '../kubernetes/api-server.ts'
import { type Backoff, pauseAfter } from '../kubernetes/backoff.ts'
import { type Clock, systemClock } from '../kubernetes/clock.ts'
import { fieldsOf, textOf } from '../kubernetes/fields.ts'
import type { Log } from '../log.ts'

export interface NamespaceUidOptions {
  readonly log: Pick<Log, 'warn'>
  readonly stop: AbortSignal
  readonly clock?: Clock
  /** From 0 to 1. */
  readonly random?: () => number
}

/** A token that is refused, say, is no better at once. */
const BACKOFF: Backoff = { first: 500, most: 30_000 }

/**
 * The uid of the controller's own namespace: no two clusters have the same, whatever they are called. Undefined where the
 * right to read it is missing; it is only a safeguard.
 */
export async function namespaceUid(
  api: Pick<ApiServer, 'request'>,
  namespace: string,
  { log, stop, clock = systemClock, random = Math.random }: NamespaceUidOptions,
): Promise<string | undefined> {
  for (let failures = 1; ; failures++) {
    try {
      const object = await api.request({
        method: 'GET',
        path: `/api/v1/namespaces/${namespace}`,
        signal: stop,
      })
      return textOf(fieldsOf(fieldsOf(object)['metadata'])['uid']) || undefined
    } catch (error) {
      if (stop.aborted) return undefined
      const detail = error instanceof Error ? error.message : String(error)
      log.warn({ namespace, detail }, "the uid of the controller's namespace cannot be read")
      if (hasStatus(error, 403) || hasStatus(error, 404)) return undefined
      await clock.sleep(pauseAfter(failures, BACKOFF, random()), stop)
      if (stop.aborted) return undefined
    }
  }
}
