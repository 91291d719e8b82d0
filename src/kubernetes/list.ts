import { ApiFailed, hasStatus } from './api-failed.ts'
import type { ApiServer } from './api-server.ts'
import { fieldsOf, listOf, textOf } from './fields.ts'
import { resourceVersionOf } from './object-key.ts'

/** Objects of one answer: with 30 KB each, it takes 10 MB to read. */
const PAGE = 200

export interface ListOptions {
  /** Of a collection: `/api/v1/services`, `/api/v1/namespaces/a/services`. */
  readonly path: string
  /** Selectors. */
  readonly query?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Objects of one answer; 200 unless told. */
  readonly limit?: number
}

/**
 * Lists a collection as it is at one moment, page by page, so that no more than a page of whole objects is in memory. Gives
 * the resourceVersion of that moment, from which a watch may go on.
 *
 * No resourceVersion is asked for: with `0` the API server sends everything at once, from a cache that may be older than what
 * was seen before.
 * @throws ApiFailed. `Expired`, when the pages took so long that the moment is forgotten.
 */
export async function list(
  api: ApiServer,
  { path, query = {}, signal, limit = PAGE }: ListOptions,
  onObject: (object: unknown) => void,
): Promise<string> {
  let size = limit
  let next = ''
  for (;;) {
    try {
      const page = await api.request({
        method: 'GET',
        path,
        query: { ...query, limit: size, continue: next || undefined },
        ...(signal && { signal }),
      })
      for (const object of listOf(fieldsOf(page)['items'])) onObject(object)
      next = textOf(fieldsOf(fieldsOf(page)['metadata'])['continue'])
      if (next === '') return resourceVersionOf(page)
    } catch (error) {
      if (!isTooLong(error) || size === 1) throw error
      size = Math.ceil(size / 4)
    }
  }
}

/** Whether what the API server remembers of the past no longer reaches back to where we were. */
export function isExpired(error: unknown): boolean {
  return hasStatus(error, 410)
}

/** The same, where we found it out. */
export function expired(): ApiFailed {
  return new ApiFailed({ status: 410, reason: 'Expired', message: 'the resourceVersion went backwards' })
}

function isTooLong(error: unknown): boolean {
  return error instanceof ApiFailed && error.reason === 'TooLong'
}
