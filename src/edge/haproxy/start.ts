import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Loaded } from '../../core/haproxy/candidate.ts'
import { digestInDescription } from '../../core/haproxy/config.ts'
import type { ShowInfo } from '../../core/haproxy/show-info.ts'
import { DataPlaneUnavailable } from '../../core/plan/driver.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { PortKey } from '../../core/route.ts'
import { CliSilent } from './cli.ts'
import type { HaproxyProcess } from './haproxy-process.ts'
import { LoadRefused } from './load-refused.ts'
import type { Loader } from './loader.ts'
import type { Intent } from './preparation.ts'
import type { RuntimeApi } from './runtime-api.ts'

export interface Started {
  readonly loaded: Loaded
  readonly info: ShowInfo
}

const ROUNDS = 5
const STEP = 5
/** A start takes as long as a reload; a port that was taken in the last moment takes 2 s of HAProxy's trying. */
const PATIENCE = 60_000

/**
 * Starts a HAProxy with all of `intent` that can be had: a route that stands in the way is left out, and the plan will find
 * it missing.
 * @throws DataPlaneUnavailable
 */
export async function start(
  intent: Intent,
  process: HaproxyProcess,
  loader: Loader,
  api: RuntimeApi,
): Promise<Started> {
  const refused = new Map<PortKey, Refusal>()
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const loaded = await loader.write(intent, refused)
      const logEnd = process.logEnd()
      const info = await begin(process, api, loaded.config.digest)
      if (info) return { loaded, info }
      await loader.findCulprits(intent, loaded, process.logSince(logEnd), refused)
    }
  } catch (error) {
    if (!(error instanceof LoadRefused)) throw error
    throw new DataPlaneUnavailable(`HAProxy cannot be started: ${error.message}`)
  }
  throw new DataPlaneUnavailable(`HAProxy did not start with any of ${ROUNDS} configurations`)
}

/** Resolves when the new worker answers; with undefined when HAProxy ended instead. */
async function begin(
  process: HaproxyProcess,
  api: RuntimeApi,
  digest: string,
): Promise<ShowInfo | undefined> {
  const child = await process.start()
  let ended = false
  void once(child, 'exit').then(() => {
    ended = true
  })
  const end = performance.now() + PATIENCE
  while (!ended && performance.now() < end) {
    const info = await answer(api)
    if (digestInDescription(info?.description) === digest) return info
    await sleep(STEP)
  }
  if (ended) return undefined
  await process.kill()
  throw new DataPlaneUnavailable(`HAProxy was started and did not answer within ${PATIENCE / 1000} s`)
}

async function answer(api: RuntimeApi): Promise<ShowInfo | undefined> {
  try {
    return await api.info()
  } catch (error) {
    if (error instanceof CliSilent) return undefined
    throw error
  }
}
