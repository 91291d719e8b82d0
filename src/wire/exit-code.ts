/** How every command ends, the agent among them; docs/cli.md and docs/agent.md say the same for people. */
export const EXIT = {
  /** Done. The agent: told to stop; with `once`, every claim is live. */
  ok: 0,
  /** A fault of Homeport or of the machine. */
  fault: 1,
  /** Wrong arguments or settings. */
  usage: 2,
  /** Refused, and the same call will be refused again. The agent: by every edge. */
  refused: 3,
  /** The edge is unreachable, or refuses for now. The agent: with `once` only. */
  unreachable: 4,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
