/** How every command ends; docs/cli.md says the same for people. */
export const EXIT = {
  ok: 0,
  /** A fault of Homeport or of the machine. */
  fault: 1,
  /** Wrong arguments or settings. */
  usage: 2,
  /** Refused, and the same call will be refused again. */
  refused: 3,
  /** The edge is unreachable, or refuses for now. */
  unreachable: 4,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
