import type { Command } from 'commander'
import type { Disk } from './disk.ts'
import type { EdgeClient } from './edge-client.ts'
import { findPlace, type PlaceOptions } from './place.ts'
import { withProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** What every command is given. */
export interface Context {
  readonly env: NodeJS.ProcessEnv
  readonly terminal: Terminal
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly readFile: (path: string) => string
  readonly disk: Disk
  /** Milliseconds to wait for the socket of this machine's edge. */
  readonly socketWait: number
  /** Fires when the user wants to end a command that goes on. */
  readonly stop: AbortSignal
}

export interface ReadingOptions extends PlaceOptions {
  readonly json?: true
}

/** Gives a command the options that say which edge it asks, and in which form it answers. */
export function asksAnEdge(command: Command): Command {
  return command
    .option('--json', 'print JSON, for programs')
    .option('--socket <path>', 'the socket of the edge on this machine (HOMEPORT_SOCKET)')
    .option('--edge <url>', 'ask the edge at this URL, with the token in HOMEPORT_TOKEN')
    .option('--token-file <path>', 'the file with the token for --edge (HOMEPORT_TOKEN_FILE)')
}

/** Asks the edge that the options name. */
export async function ask<T>(
  context: Context,
  options: PlaceOptions,
  question: (edge: EdgeClient) => Promise<T>,
): Promise<T> {
  const place = findPlace(options, context.env, context.readFile)
  // The way to an edge is half of the program: who asks none does without it.
  const { EdgeClient } = await import('./edge-client.ts')
  const edge = new EdgeClient(place, context.socketWait)
  try {
    return await withProgress(context.terminal, `asking ${place.name}`, question(edge))
  } finally {
    edge.close()
  }
}

export function printJson({ terminal }: Context, value: unknown): void {
  terminal.out(`${JSON.stringify(value, undefined, 2)}\n`)
}

/** The command to type next. On stderr: what was asked for stays clean. */
export function hint({ terminal }: Context, text: string): void {
  terminal.err(`\nNext: ${text}\n`)
}
