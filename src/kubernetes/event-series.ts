import { createHash } from 'node:crypto'
import { hasStatus } from './api-failed.ts'
import type { ApiServer } from './api-server.ts'
import { microTime } from './micro-time.ts'

/** An object that something is told about. */
export interface Regarding {
  readonly apiVersion: string
  readonly kind: string
  /** Missing for what lies in no namespace; its Events are in `default`. */
  readonly namespace?: string
  readonly name: string
  readonly uid: string
}

export interface EventDraft {
  readonly regarding: Regarding
  readonly type: 'Normal' | 'Warning'
  /** CamelCase, at most 128 characters. */
  readonly reason: string
  /** For people; what is longer than 1,024 bytes is cut. */
  readonly message: string
  /** What was done or tried, CamelCase; the reason unless told. */
  readonly action?: string
}

export interface Reporter {
  /** A qualified name: `homeport.dev/controller`. */
  readonly controller: string
  /** Which one of them: its pod's name. */
  readonly instance: string
}

const NOTE_BYTES = 1024
const MAX_WORD = 128

/** What the same object is told for the same reason in the same words: one Event, which counts. */
export class EventSeries {
  readonly #draft: EventDraft
  readonly #reporter: Reporter
  #path = ''
  #count = 0
  /** How often it happened since the API server was told. */
  unsaid = 0

  constructor(draft: EventDraft, reporter: Reporter) {
    this.#draft = draft
    this.#reporter = reporter
  }

  /**
   * Tells the API server of all that happened so far.
   * @param now milliseconds since the epoch.
   * @throws ApiFailed
   */
  async tell(api: Pick<ApiServer, 'request'>, now: number, signal: AbortSignal): Promise<void> {
    const { unsaid } = this
    const count = this.#count + unsaid
    if (this.#path === '' || !(await this.#goOn(api, count, now, signal)))
      await this.#begin(api, count, now, signal)
    this.#count = count
    this.unsaid -= unsaid
  }

  async #begin(
    api: Pick<ApiServer, 'request'>,
    count: number,
    now: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { regarding, type, reason, message, action = reason } = this.#draft
    const namespace = regarding.namespace ?? 'default'
    const collection = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`
    const name = `${regarding.name.slice(0, 200).replace(/[^a-z\d]+$/, '')}.${this.#suffix(now)}`
    const body = {
      metadata: { namespace, name },
      eventTime: microTime(now),
      reportingController: this.#reporter.controller,
      reportingInstance: this.#reporter.instance.slice(0, MAX_WORD),
      type,
      reason: reason.slice(0, MAX_WORD),
      action: action.slice(0, MAX_WORD),
      note: cutToBytes(message, NOTE_BYTES),
      regarding,
      ...(count > 1 && { series: series(count, now) }),
    }
    try {
      await api.request({ method: 'POST', path: collection, body, signal, repeatable: true })
    } catch (error) {
      // The answer to an earlier attempt was lost.
      if (!hasStatus(error, 409)) throw error
    }
    this.#path = `${collection}/${name}`
  }

  /** False when the Event is gone: the API server keeps them for an hour. */
  async #goOn(
    api: Pick<ApiServer, 'request'>,
    count: number,
    now: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const contentType = 'application/merge-patch+json'
    const body = { series: series(count, now) }
    try {
      await api.request({ method: 'PATCH', path: this.#path, contentType, body, signal })
      return true
    } catch (error) {
      if (hasStatus(error, 404)) return false
      throw error
    }
  }

  #suffix(now: number): string {
    const { regarding, reason, message } = this.#draft
    const parts = [regarding.uid, reason, message, this.#reporter.instance, String(now)]
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
  }
}

function series(count: number, now: number): { count: number; lastObservedTime: string } {
  return { count, lastObservedTime: microTime(now) }
}

/** Cut where a character begins. */
function cutToBytes(text: string, bytes: number): string {
  const whole = Buffer.from(text)
  if (whole.length <= bytes) return text
  const ellipsis = '...'
  let end = bytes - ellipsis.length
  // The second and later bytes of a character begin with the bits 10.
  while (((whole[end] ?? 0) & 0xc0) === 0x80) end--
  return `${whole.subarray(0, end)}${ellipsis}`
}
