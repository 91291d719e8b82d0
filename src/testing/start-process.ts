import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Defer } from './cleanup.ts'
import { endProcess } from './end-process.ts'
import { until } from './until.ts'

export interface ProcessOptions {
  readonly cwd?: string
  /** The whole environment; this process's own unless told. */
  readonly env?: NodeJS.ProcessEnv
  /** Written to its standard input, which is then closed. */
  readonly input?: string
  /**
   * Leaves its standard input open until `endInput`, or until this process is gone: what reads it notices even a kill -9 of
   * ours.
   */
  readonly keepInput?: boolean
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface StartedProcess {
  readonly pid: number
  /** What it has printed so far. */
  readonly stdout: string
  readonly stderr: string
  /** How it ended; undefined while it runs. */
  readonly ended: Exit | undefined
  /** Resolves when it has ended and all that it printed was read. A child that it leaves behind may go on printing. */
  readonly exited: Promise<Exit>
  kill(signal: NodeJS.Signals): void
  endInput(): void
  /** End it and its children: SIGTERM, then SIGKILL. */
  stop(): Promise<void>
  /**
   * Waits until it has printed what `pattern` matches, on either stream.
   * @throws Error when it ends before, with what it printed.
   */
  printed(pattern: RegExp, deadline?: number): Promise<RegExpExecArray>
}

/**
 * Starts a program in a process group of its own. Afterwards the whole group is ended, but not what left the group (a
 * daemon): end that by its pid with `endProcess`.
 * @throws Error when there is no such program.
 */
export async function startProcess(
  defer: Defer,
  command: string,
  args: readonly string[],
  { cwd, env, input = '', keepInput = false }: ProcessOptions = {},
): Promise<StartedProcess> {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: 'pipe' })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  let ended: Exit | undefined
  const exited = new Promise<Exit>((resolve) => {
    child.on('close', (code, signal) => {
      ended = { code, signal }
      resolve(ended)
    })
  })
  await once(child, 'spawn')
  const { pid } = child
  if (pid === undefined) throw new Error(`${command} did not start`)
  // A program that does not read its input may be gone before it is written.
  child.stdin.on('error', () => {}).write(input)
  if (!keepInput) child.stdin.end()

  const stop = () => endProcess(-pid)
  defer(stop)

  return {
    pid,
    get stdout() {
      return printed.stdout
    },
    get stderr() {
      return printed.stderr
    },
    get ended() {
      return ended
    },
    exited,
    kill: (signal) => process.kill(pid, signal),
    endInput: () => void child.stdin.end(),
    stop,
    async printed(pattern, deadline = 10_000) {
      const look = () => pattern.exec(printed.stdout) ?? pattern.exec(printed.stderr)
      const found = await until(() => look() ?? ended, { what: `${command} printing ${pattern}`, deadline })
      if (Array.isArray(found)) return found
      throw new Error(`${command} ended without printing ${pattern}:\n${printed.stdout}${printed.stderr}`)
    },
  }
}
