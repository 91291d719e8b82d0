import type { DriverStatus } from '../../core/plan/driver.ts'
import { CliSilent } from './cli.ts'
import type { Master } from './master.ts'
import type { RuntimeApi } from './runtime-api.ts'

/** Asks every worker, old ones too, how many sessions it has. */
export async function readStatus(api: RuntimeApi, master: Master, reloads: number): Promise<DriverStatus> {
  try {
    const info = await api.info()
    const { oldWorkers } = await master.processesSoon()
    const asked = oldWorkers.map(async ({ pid, uptime }) => {
      const old = await master.infoOf(pid)
      return { pid, uptime, sessions: old?.connections ?? 0 }
    })
    return {
      state: 'running',
      version: info.version,
      pid: info.pid,
      reloads,
      sessions: info.connections,
      oldWorkers: await Promise.all(asked),
    }
  } catch (error) {
    if (!(error instanceof CliSilent)) throw error
    return { state: 'unavailable', detail: error.message, reloads, sessions: 0, oldWorkers: [] }
  }
}
