import { readdirSync, readFileSync } from 'node:fs'
import { until } from './until.ts'

/**
 * Stops a process as a debugger or a hung disk does. Resolves when every thread of it has stopped: SIGSTOP itself only asks
 * for that.
 */
export async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  await until(() => readdirSync(`/proc/${pid}/task`).every((thread) => isStopped(pid, thread)), {
    what: `process ${pid} being stopped`,
    interval: 2,
  })
}

/** The state follows the name in parentheses (proc(5)); T is stopped. */
function isStopped(pid: number, thread: string): boolean {
  return /\) T/.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'))
}
