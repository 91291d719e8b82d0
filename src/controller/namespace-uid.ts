import { hasStatus } from '../kubernetes/api-failed.ts'
import type { ApiServer } from '../kubernetes/api-server.ts'
import { fieldsOf, textOf } from '../kubernetes/fields.ts'
import type { Log } from '../log.ts'

/**
 * The uid of the controller's own namespace: no two clusters have the same, whatever they are called. Undefined where the
 * right to read it is missing; it is only a safeguard.
 */
export async function namespaceUid(
  api: ApiServer,
  namespace: string,
  log: Log,
  stop: AbortSignal,
): Promise<string | undefined> {
  for (;;) {
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
    }
  }
}
