import type { ServiceKey, ServiceObject } from '../core/kubernetes/objects.ts'
import { statusHeld } from '../core/kubernetes/service-events.ts'
import type { ServiceStatus } from '../core/kubernetes/service-status.ts'
import { TokenBucket } from '../kubernetes/token-bucket.ts'
import type { ServiceWriter } from './service-writer.ts'

export interface StatusKeeperParts {
  readonly writer: Pick<ServiceWriter, 'applyStatus' | 'takeStatus' | 'tell'>
  /** A clock that never steps, ms. */
  readonly now: () => number
}

/** Writes of one status at once, and then one in so many ms: whatever changes ten times a second is told once a second. */
const BURST = 5
const EVERY_MS = 1_000

/** What became of one Service's status in this term. */
interface Course {
  readonly pace: TokenBucket
  /** It was taken from somebody else already: who takes it back is not fought. */
  isTaken: boolean
  /** Who holds it, as its user was told. */
  holder: string | undefined
}

/** Writes what the Services' statuses say, at a pace, and not against others who write there as well. */
export class StatusKeeper {
  readonly #parts: StatusKeeperParts
  readonly #courses = new Map<ServiceKey, Course>()

  constructor(parts: StatusKeeperParts) {
    this.#parts = parts
  }

  /** Milliseconds until a Service's status may be written: 0 means now, and counts as a write. */
  turn(key: ServiceKey): number {
    const now = this.#parts.now()
    const { pace } = this.#course(key)
    return pace.take(now) ? 0 : pace.left(now)
  }

  /**
   * Writes a status. What somebody else has written there stays, with one Event; but for once, where the Service is served
   * by us: who wrote that may be gone, and if not, writes it again.
   */
  async write(
    service: ServiceObject,
    status: ServiceStatus,
    { isServed, signal }: { readonly isServed: boolean; readonly signal: AbortSignal },
  ): Promise<void> {
    const { writer } = this.#parts
    const course = this.#course(service.key)
    const holder = await writer.applyStatus(service, status, signal)
    if (holder !== undefined && isServed && !course.isTaken) {
      course.isTaken = true
      await writer.takeStatus(service, status, signal)
      return
    }
    if (holder !== undefined && holder !== course.holder) writer.tell(service, statusHeld(holder))
    course.holder = holder
  }

  /** The Service is gone, or not ours. */
  forget(key: ServiceKey): void {
    this.#courses.delete(key)
  }

  #course(key: ServiceKey): Course {
    const known = this.#courses.get(key)
    if (known) return known
    const pace = new TokenBucket(BURST, EVERY_MS, this.#parts.now())
    const course = { pace, isTaken: false, holder: undefined }
    this.#courses.set(key, course)
    return course
  }
}
