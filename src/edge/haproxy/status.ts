import type { DriverStatus } from '../../core/plan/driver.ts'
import { CliSilent } from './cli.ts'
import type { Master } from './master.ts'
import type { RuntimeApi } from './runtime-api.ts'

/** Asks every worker, old ones too, how many sessions it has. Only the stats socket tells whether HAProxy runs. */
export async function readStatus(api: RuntimeApi, master: Master, reloads: number): Promise<DriverStatus> {
  try {
    const { version, pid, connections } = await api.info()
    const oldWorkers = await readOldWorkers(master)
    return { state: 'running', version, pid, reloads, sessions: connections, oldWorkers }
  } catch (error) {
    if (!(error instanceof CliSilent)) throw error
    return { state: 'unavailable', detail: error.message, reloads, sessions: 0, oldWorkers: [] }
  }
}

/** None where the master is too busy to tell: they are figures, and traffic flows without it. */
async function readOldWorkers(master: Master): Promise<DriverStatus['oldWorkers']> {
  const { oldWorkers } = (await unlessSilent(master.processesSoon())) ?? { oldWorkers: [] }
  return await Promise.all(
    oldWorkers.map(async ({ pid, uptime }) => {
      const old = await unlessSilent(master.infoOf(pid))
      return { pid, uptime, ...(old && { sessions: old.connections }) }
    }),
  )
}

async function unlessSilent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof CliSilent)) throw error
    return undefined
  }
}
