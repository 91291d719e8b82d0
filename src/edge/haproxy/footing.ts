import { createHash } from 'node:crypto'
import { type Ground, makeGround } from '../../core/haproxy/candidate.ts'
import { type FileBudget, shareOut } from '../../core/haproxy/file-budget.ts'
import { renderFoundation } from '../../core/haproxy/foundation.ts'
import type { HaproxyPaths } from './paths.ts'
import { hasIPv6 } from './proc-fs.ts'
import type { HaproxySettings } from './settings.ts'

/** Of the connections, for one port, unless the operator says otherwise. */
const SHARE_OF_ONE_PORT = 0.75

/** What every configuration for one HAProxy process is made from. */
export interface Footing {
  readonly ground: Ground
  readonly budget: FileBudget
}

/** @param fileLimit Files that HAProxy may open. */
export function makeFooting(settings: HaproxySettings, paths: HaproxyPaths, fileLimit: number): Footing {
  const budget = shareOut(fileLimit, settings.maxConnections)
  const foundation = renderFoundation({
    statsSocket: paths.statsSocket,
    stateFile: paths.state,
    maxConnections: budget.connections,
    maxConnectionsPerPort:
      settings.maxConnectionsPerPort ?? Math.max(1, Math.floor(budget.connections * SHARE_OF_ONE_PORT)),
    hardStopAfter: settings.hardStopAfter,
    connectTimeout: settings.connectTimeout,
    idleTimeout: settings.idleTimeout,
    ...(settings.threads === undefined ? {} : { threads: settings.threads }),
  })
  const bind = settings.bind ?? (hasIPv6() ? ['0.0.0.0', '::'] : ['0.0.0.0'])
  return { ground: makeGround(foundation, bind, digest), budget }
}

/** Half of a SHA-256: told apart for ever, and short enough for a line that people read. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
