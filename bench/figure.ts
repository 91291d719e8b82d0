import type { Defer } from '../src/testing/cleanup.ts'

/** One line of the table: what was measured, beside what it is compared with. */
export interface Figure {
  readonly what: string
  /** With its unit. */
  readonly measured: string
  /** What it stands beside in the same run, or a figure from elsewhere with its source. */
  readonly beside: string
  readonly goal: string
  /** Missing where it could not be measured here: `measured` says why. */
  readonly met?: boolean
}

/** The row of what could not be measured on this machine. */
export function unmeasured({ what, goal }: Pick<Figure, 'what' | 'goal'>, why: string): Figure {
  return { what, goal, measured: `not measured here: ${why}`, beside: '' }
}

/** A measurement: gives one or several figures. What it starts it hands to `defer`. */
export interface Measurement {
  readonly name: string
  readonly run: (defer: Defer) => Promise<Figure[]>
}
