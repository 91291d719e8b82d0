import { join } from 'node:path'
import type { Settings } from './config/settings.ts'
import type { HaproxySettings } from './haproxy/settings.ts'

/** The driver's settings, from the operator's. */
export function haproxySettings({ haproxy, stateDir, runtimeDir }: Settings): HaproxySettings {
  const { maxConnections, maxConnectionsPerPort, threads } = haproxy
  return {
    binary: haproxy.binary,
    start: haproxy.start,
    configDirectory: join(stateDir, 'haproxy'),
    runtimeDirectory: join(runtimeDir, 'haproxy'),
    includeDirectory: haproxy.include,
    connectTimeout: haproxy.connectTimeout,
    idleTimeout: haproxy.idleTimeout,
    drainTime: haproxy.drain,
    hardStopAfter: haproxy.oldWorkerTime,
    maxOldWorkers: haproxy.oldWorkers,
    ...(haproxy.bind.length > 0 && { bind: haproxy.bind }),
    ...(maxConnections !== undefined && { maxConnections }),
    ...(maxConnectionsPerPort !== undefined && { maxConnectionsPerPort }),
    ...(threads !== undefined && { threads }),
  }
}
