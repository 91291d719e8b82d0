import { blame } from '../../core/haproxy/blame.ts'
import { candidate, type Ground, type Loaded } from '../../core/haproxy/candidate.ts'
import { configText } from '../../core/haproxy/config.ts'
import { beyondBudget, type FileBudget } from '../../core/haproxy/file-budget.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { PortKey, Route, Routes } from '../../core/route.ts'
import { checkConfig } from './check-config.ts'
import type { ConfigFile } from './config-file.ts'
import { LoadRefused } from './load-refused.ts'
import type { HaproxyPaths } from './paths.ts'
import { trialBind } from './trial-bind.ts'

/** What a new configuration is made from, and what it must get along with. */
export interface Intent {
  readonly ground: Ground
  readonly budget: FileBudget
  readonly desired: Routes
  readonly running: Loaded | undefined
  /** Ports that our HAProxy listens on now. */
  readonly open: ReadonlySet<PortKey>
  /** The process that will listen; undefined before the first start. */
  readonly pid: number | undefined
}

type Refusals = Map<PortKey, Refusal>

/** Adds to `refused` each route that cannot be served, as can be told without asking HAProxy. */
export async function screen(intent: Intent, refused: Refusals): Promise<void> {
  refuseBeyondBudget(intent, refused)
  const fresh = [...intent.desired.values()].filter(({ key }) => !intent.open.has(key) && !refused.has(key))
  await refuseTaken(fresh, intent, refused)
}

/**
 * Makes the candidate: a configuration that HAProxy has read and found good. Adds to `refused` each route that had to be left
 * out for that.
 * @throws LoadRefused when no route is at fault and still HAProxy refuses it.
 * @throws DataPlaneUnavailable when there is no HAProxy to ask.
 */
export async function prepare(
  intent: Intent,
  refused: Refusals,
  file: ConfigFile,
  paths: HaproxyPaths,
  binary: string,
): Promise<Loaded> {
  for (;;) {
    const next = candidate(intent.ground, intent.desired, refused, intent.running)
    await orStorageFailed(file.writeCandidate(configText(next.config)))
    // The disk writes while HAProxy reads.
    const [complaints] = await Promise.all([
      checkConfig(binary, paths),
      orStorageFailed(file.syncCandidate()),
    ])
    const { routes, others } = blame(complaints, next.config, [paths.candidate])
    const fresh = [...routes].filter(([key]) => !refused.has(key))
    for (const [key, refusal] of fresh) refused.set(key, withoutPath(refusal, paths.candidate))
    if (fresh.length > 0) continue
    const words = others[0] ?? [...routes.values()][0]?.detail
    if (words === undefined) return next
    throw new LoadRefused('haproxy-refused', words)
  }
}

/** Routes that can't be served at all, whatever HAProxy says. */
function refuseBeyondBudget({ desired, running, ground, budget }: Intent, refused: Refusals): void {
  for (const { key, protocol } of desired.values()) {
    if (protocol === 'tcp') continue
    refused.set(key, { code: 'protocol-unsupported', detail: `HAProxy does not carry ${protocol}` })
  }
  const listened: ReadonlyMap<PortKey, unknown> = running?.config.sections ?? new Map()
  for (const key of beyondBudget(desired, listened, ground.bind.length, budget)) {
    if (refused.has(key)) continue
    refused.set(key, fullEdge(budget))
  }
}

export function fullEdge({ routes }: FileBudget): Refusal {
  const detail = `HAProxy has room for ${routes} listeners and backends, and all of it is taken`
  return { code: 'edge-full', detail }
}

/** Tries each port; says whether any was in the way. */
export async function refuseTaken(
  routes: readonly Route[],
  { ground, pid }: Intent,
  refused: Refusals,
): Promise<boolean> {
  const before = refused.size
  const tries = routes.map(async ({ key, port }) => {
    const refusal = await trialBind(port, ground.bind, pid)
    if (refusal) refused.set(key, refusal)
  })
  await Promise.all(tries)
  return refused.size > before
}

/** @throws LoadRefused `storage-failed` in place of the system's error: a full disk is no fault of this program. */
export async function orStorageFailed(writing: Promise<void>): Promise<void> {
  try {
    await writing
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new LoadRefused('storage-failed', `the configuration could not be written: ${reason}`)
  }
}

/** The candidate's path and line tell a caller nothing: what counts is what HAProxy says of the route. */
function withoutPath({ code, detail }: Refusal, path: string): Refusal {
  return { code, detail: detail.replaceAll(path, 'haproxy.cfg') }
}
