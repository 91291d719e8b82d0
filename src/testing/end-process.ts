import { readdirSync, readFileSync } from 'node:fs'
import { until } from './until.ts'

/** Milliseconds that a process has to leave after SIGTERM, before it is killed. */
const GRACE = 5_000

/**
 * End a process (or, with a negative number, a process group): SIGTERM, then SIGKILL. Resolves when it is gone; one that
 * is gone already is fine.
 */
export async function endProcess(pid: number, grace = GRACE): Promise<void> {
  if (!signal(pid, 'SIGTERM')) return
  const gone = () => !isAlive(pid)
  try {
    await until(gone, { deadline: grace })
  } catch {
    signal(pid, 'SIGKILL')
    await until(gone, { what: `the end of process ${pid}` })
  }
}

/** Whether the process (or, with a negative number, anyone of the group) is there and has not ended. */
export function isAlive(pid: number): boolean {
  return signal(pid, 0) && (pid > 0 ? hasLife(pid, pid) : processes().some((member) => hasLife(member, pid)))
}

/** Sends a signal; whether there is a process to hear it: it may have ended by itself since it was looked for. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/**
 * Whether a process belongs to `wanted` (its own id, or its group's as a negative number) and is no zombie: a dead process
 * whose parent has not asked for it yet, which a container's init may never do.
 */
function hasLife(pid: number, wanted: number): boolean {
  try {
    // proc_pid_stat(5): pid (name) state parent group; the name may hold anything.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, , group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return state !== 'Z' && (wanted === pid || wanted === -Number(group))
  } catch {
    return false
  }
}
