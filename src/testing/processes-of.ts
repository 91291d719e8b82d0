import { readdirSync, readFileSync } from 'node:fs'
import { endProcess } from './end-process.ts'

/**
 * The processes that were started with a path in `folder` among their arguments: what a daemon leaves running on purpose,
 * as the edge does with HAProxy. Only a folder of one's own tells them from others, so `folder` has to be a temporary one.
 */
export function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (pid) => pid !== process.pid && argumentsOf(pid).some((argument) => argument.includes(`${folder}/`)),
    )
}

/** Ends them all. For `defer`, so that nothing outlives the test however it ends. */
export async function endProcessesOf(folder: string): Promise<void> {
  await Promise.all(processesOf(folder).map((pid) => endProcess(pid)))
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return [] // It has ended meanwhile.
  }
}
