import type { IncomingMessage } from 'node:http'
import { ApiFailed, asApiFailed } from './api-failed.ts'
import type { ApiServer } from './api-server.ts'
import { fieldsOf } from './fields.ts'
import { JsonLines } from './json-lines.ts'
import { Watchdog } from './watchdog.ts'

/** Seconds after which the API server is asked to end a watch: so long, and up to as much again by chance. */
export const LASTS_S = 300

/** Milliseconds beyond those for which it is believed to be about to do so. */
const GRACE_MS = 30_000

/**
 * Milliseconds of silence that end a watch on which there was a bookmark before: the API server sends one each minute. There
 * may be none at all, from one that keeps no cache.
 */
const SILENCE_MS = 200_000

/** The longest event, in bytes. */
const MAX_LINE = 8 << 20

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: unknown }
  /** Nothing changed, up to the resourceVersion that `object` carries. */
  | { readonly type: 'BOOKMARK'; readonly object: unknown }

export interface WatchOptions {
  /** Of a collection: `/api/v1/services`, `/api/v1/namespaces/a/services`. */
  readonly path: string
  /** Selectors. */
  readonly query?: Readonly<Record<string, string>>
  /** Where a list or an earlier watch ended. */
  readonly resourceVersion: string
  readonly signal: AbortSignal
  /** From 0 to 1; says how long the watch lasts. */
  readonly random: number
  /** Milliseconds, instead of those above. */
  readonly silence?: number
  /** Seconds, instead of those above. */
  readonly lasts?: number
  /** It has begun. */
  readonly onOpen?: () => void
}

/**
 * Hears what changes in a collection, until the API server ends the watch: then it resolves, and the next one may begin where
 * this one ended.
 * @throws ApiFailed when it is cut, falls silent or goes wrong. With `Expired` the API server no longer knows the changes
 * since `resourceVersion`, and the collection must be listed again.
 */
export async function watch(
  api: ApiServer,
  options: WatchOptions,
  onEvent: (event: WatchEvent) => void,
): Promise<void> {
  const { path, query, resourceVersion, signal, random, lasts = LASTS_S, onOpen } = options
  const timeoutSeconds = Math.round(lasts * (1 + random))
  const answer = await api.open({
    method: 'GET',
    path,
    query: { ...query, watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds },
    signal,
  })
  onOpen?.()
  const watchdog = new Watchdog((ms) => {
    answer.destroy(ApiFailed.unreachable(`the watch was silent for ${Math.round(ms / 1000)} s`))
  })
  watchdog.endAfter(timeoutSeconds * 1000 + GRACE_MS)
  try {
    await readEvents(answer, (event) => {
      if (event.type === 'BOOKMARK') watchdog.expect(options.silence ?? SILENCE_MS)
      watchdog.heard()
      onEvent(event)
    })
  } catch (error) {
    throw signal.aborted ? ApiFailed.stopped() : asApiFailed(error)
  } finally {
    watchdog.stop()
  }
}

function readEvents(answer: IncomingMessage, onEvent: (event: WatchEvent) => void): Promise<void> {
  const lines = new JsonLines(MAX_LINE)
  return new Promise((resolve, reject) => {
    answer
      .on('data', (chunk: Buffer) => {
        try {
          for (const line of lines.push(chunk)) {
            // What came in the same chunk as the end of the watch is not heard any more.
            if (answer.destroyed) return
            onEvent(readEvent(line))
          }
        } catch (error) {
          answer.destroy()
          reject(error)
        }
      })
      .on('error', reject)
      .on('end', resolve)
      .on('close', () => reject(ApiFailed.unreachable('the watch was cut')))
  })
}

/** @throws ApiFailed for an ERROR event: with status 410, its reason is `Expired` whatever the API server calls it. */
function readEvent(line: unknown): WatchEvent {
  const { type, object } = fieldsOf(line)
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      return { type, object }
    case 'ERROR':
      throw ApiFailed.ofStatus(object)
    default:
      throw new ApiFailed({
        status: 0,
        reason: 'Unreadable',
        message: 'the watch has an event of no known type',
      })
  }
}
