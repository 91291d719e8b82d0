/** How the agent ends; the same numbers as the CLI's (docs/cli.md). */
export const EXIT = {
  /** Told to stop; with `once`: every claim is live. */
  ok: 0,
  /** A fault of the agent itself, or of its machine. */
  fault: 1,
  /** Settings that cannot be used. */
  usage: 2,
  /** Every edge refuses, and no retry mends it. */
  refused: 3,
  /** With `once`: no edge, or not every one, answered that the claims are live. */
  unreachable: 4,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
