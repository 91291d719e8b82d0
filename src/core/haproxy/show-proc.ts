export interface Process {
  readonly pid: number
  /** `0d00h02m07s` */
  readonly uptime: string
}

export interface OldWorker extends Process {
  /** How many reloads it has outlived: the older, the more. */
  readonly reloads: number
}

/** What the master says of its processes. */
export interface ShowProc {
  readonly master: Process
  /** Reloads that were asked of this master, failed ones among them. */
  readonly reloads: number
  /** Reloads that have failed since the last one that did not; 2.6 and 3.0 tell, older ones do not. */
  readonly failed: number
  readonly workers: readonly Process[]
  /** Those that only finish their sessions. */
  readonly oldWorkers: readonly OldWorker[]
}

const LINE = /^(\d+)\s+(\S+)\s+(\d+)(?:\s+\[failed:\s*(\d+)\])?\s+(\S+)/

/** Reads a reply of `show proc`; undefined where the text is none. */
export function parseShowProc(reply: string): ShowProc | undefined {
  let head: { master: Process; reloads: number; failed: number } | undefined
  const workers: Process[] = []
  const oldWorkers: OldWorker[] = []
  let isOld = false
  for (const line of reply.split('\n')) {
    if (line.startsWith('# ')) isOld = line.startsWith('# old')
    const [, pid, type, reloads, failed, uptime = ''] = LINE.exec(line) ?? []
    const process = { pid: Number(pid), uptime }
    if (type === 'master') head = { master: process, reloads: Number(reloads), failed: Number(failed ?? 0) }
    if (type !== 'worker') continue
    if (isOld) oldWorkers.push({ ...process, reloads: Number(reloads) })
    else workers.push(process)
  }
  return head && { ...head, workers, oldWorkers }
}
