import { setTimeout as sleep } from 'node:timers/promises'
import { digestInDescription } from '../../core/haproxy/config.ts'
import type { ShowInfo } from '../../core/haproxy/show-info.ts'
import type { ShowProc } from '../../core/haproxy/show-proc.ts'
import { DataPlaneUnavailable } from '../../core/plan/driver.ts'
import { CliSilent } from './cli.ts'
import type { Master } from './master.ts'
import type { RuntimeApi } from './runtime-api.ts'

export type ReloadResult =
  | { readonly success: true; readonly info: ShowInfo }
  /** The old worker goes on. `output` is what the new one printed, where the master tells. */
  | { readonly success: false; readonly output: string }

/** Between two looks for the new worker, ms: it is there 20 to 700 ms after the command. */
const STEP = 3
/** Looks at the worker for each look at the master, which only says when it failed. */
const LOOKS_PER_MASTER = 10
const PATIENCE = 60_000
/** A new worker that does not say what it has loaded is not going to, ms. */
const PATIENCE_FOR_DIGEST = 3_000

/**
 * Makes the master load the file, and waits until another worker than `worker` answers that it has loaded `digest`.
 * @throws DataPlaneUnavailable when neither success nor failure can be seen.
 */
export async function reload(
  master: Master,
  api: RuntimeApi,
  worker: number,
  digest: string,
): Promise<ReloadResult> {
  const before = await master.processesSoon()
  const answer = await master.reload()
  if (answer.told && !answer.success) return { success: false, output: answer.output }
  const start = performance.now()
  let seen: number | undefined
  for (let look = 1; performance.now() - start < PATIENCE; look++) {
    const info = await quietly(api.info())
    if (info && info.pid !== worker) {
      if (digestInDescription(info.description) === digest) return { success: true, info }
      seen ??= performance.now()
      if (performance.now() - seen > PATIENCE_FOR_DIGEST) return { success: false, output: NO_DESCRIPTION }
    }
    if (look % LOOKS_PER_MASTER === 0 && hasFailed(before, await quietly(master.processes()))) {
      return { success: false, output: '' }
    }
    await sleep(STEP)
  }
  throw new DataPlaneUnavailable(`HAProxy was told to reload and did not within ${PATIENCE / 1000} s`)
}

const NO_DESCRIPTION =
  '[ALERT] (0) : the new worker does not say what it has loaded: does a file in haproxy.d set `description`?'

/** 2.6 tells nothing else: one reload more, and a failure. */
function hasFailed(before: ShowProc, now: ShowProc | undefined): boolean {
  return now !== undefined && now.reloads > before.reloads && now.failed > 0
}

/** During a reload both sockets are away for moments: undefined then. */
async function quietly<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof CliSilent) return undefined
    throw error
  }
}
