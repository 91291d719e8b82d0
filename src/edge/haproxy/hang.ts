import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliSilent, type Silence } from './cli.ts'
import type { HaproxyProcess } from './haproxy-process.ts'
import type { Master } from './master.ts'
import type { Intent } from './preparation.ts'
import { timesAsleep } from './proc-fs.ts'
import { trialBind } from './trial-bind.ts'

/** How long a worker that was given something to do may take to wake, ms. It takes one. */
const WAKING = 2_000

/**
 * Whether a HAProxy that is there and whose stats socket gives no answer carries no traffic either, so that ending it
 * harms nobody. A socket alone does not tell: others may hold every connection that it takes, which the way through the
 * master counts among its own, and another hand may have removed it.
 */
export async function hangs(
  kind: Silence,
  { desired, ground }: Intent,
  process: HaproxyProcess,
  master: Master,
): Promise<boolean> {
  if (kind === 'cut') return false
  const ports = [...desired.values()].map(({ port }) => port)
  if (kind === 'absent' && ports.length > 0) return await nobodyListens(ports, ground.bind)
  const workers = await currentWorkers(process, master)
  const [port, host] = [ports[0], ground.bind[0]]
  if (port !== undefined && host !== undefined) return !(await wakes(workers, () => call(port, host)))
  // Where there is no port of ours to try, there may be sessions of the operator's own.
  return !(await oneAnswers(workers, master)) && !(await wakes(workers))
}

/** All of its processes where the master is stopped as well. */
async function currentWorkers(process: HaproxyProcess, master: Master): Promise<readonly number[]> {
  try {
    return (await master.processes()).workers.map(({ pid }) => pid)
  } catch (error) {
    if (!(error instanceof CliSilent)) throw error
    return process.pids()
  }
}

/** By the way through the master, which needs no socket of theirs. */
async function oneAnswers(workers: readonly number[], master: Master): Promise<boolean> {
  for (const pid of workers) {
    try {
      if (await master.infoOf(pid, WAKING)) return true
    } catch (error) {
      if (!(error instanceof CliSilent)) throw error
    }
  }
  return false
}

/**
 * Whether one of the processes runs again: when somebody calls, or by itself within the time. The kernel alone takes the call,
 * so its success says nothing.
 */
async function wakes(pids: readonly number[], callOne = async () => {}): Promise<boolean> {
  const before = pids.map(timesAsleep)
  await callOne()
  const end = performance.now() + WAKING
  while (performance.now() < end) {
    if (pids.some((pid, index) => timesAsleep(pid) !== before[index])) return true
    await sleep(50)
  }
  return false
}

function call(port: number, host: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host, timeout: WAKING })
    const end = () => {
      socket.destroy()
      resolve()
    }
    socket.on('connect', end).on('error', end).on('timeout', end)
  })
}

async function nobodyListens(ports: readonly number[], bind: readonly string[]): Promise<boolean> {
  const refusals = await Promise.all(ports.map((port) => trialBind(port, bind)))
  return refusals.every((refusal) => refusal === undefined)
}
