import type { Refusal } from '../refusal.ts'
import type { PortKey, Routes } from '../route.ts'
import type { Change } from './change.ts'
import type { Observed } from './observed.ts'

export interface Outcome {
  /** Routes that could not be made; all others of `desired` run, and were seen to. */
  readonly refused: ReadonlyMap<PortKey, Refusal>
  readonly reloaded: boolean
  /** What runs now, as far as the driver read it back: at least every route that `changes` named. */
  readonly observed: Observed
}

export interface DriverStatus {
  readonly state: 'running' | 'unavailable'
  readonly detail?: string
  readonly version?: string
  readonly pid?: number
  readonly reloads: number
  readonly sessions: number
  readonly oldWorkers: readonly OldWorkerStatus[]
}

export interface OldWorkerStatus {
  readonly pid: number
  readonly uptime: string
  /** Absent where it does not say. */
  readonly sessions?: number
}

/** Something the driver did of its own accord or met with, for the log and the event stream. */
export interface DriverEvent {
  readonly type: 'haproxy-reloaded' | 'haproxy-adopted' | 'haproxy-started'
  readonly detail: string
}

/**
 * What carries the traffic. HAProxy in earnest, memory in unit tests; both pass test/contract/driver.ts.
 *
 * Calls never overlap: the reconciler awaits each before the next.
 */
export interface Driver {
  /**
   * Whether sessions on workers that reloads have replaced are so many that the next few reloads would end some. As of
   * a look a moment ago.
   */
  readonly isCrowded: boolean
  /**
   * Look at what really runs. A data plane that is down is started, with what `desired` says, or adopted.
   * @throws DataPlaneUnavailable when it cannot be reached or started.
   */
  observe(desired: Routes): Promise<Observed>
  /**
   * Make `changes`, which lead from what was observed to `desired`. Resolves when each has been seen to run or was
   * refused; what is refused harms no other route.
   * @throws DataPlaneUnavailable when it stopped answering on the way; nothing is known then, observe again.
   */
  apply(changes: readonly Change[], desired: Routes): Promise<Outcome>
  status(): Promise<DriverStatus>
  /** Let go of the data plane. It goes on running. */
  close(): Promise<void>
}

/** The data plane does not answer: `message` says what was tried. */
export class DataPlaneUnavailable extends Error {
  override readonly name = 'DataPlaneUnavailable'
}
