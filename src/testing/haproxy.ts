import { join } from 'node:path'
import type { DriverEvent } from '../core/plan/driver.ts'
import { edgeSheet } from '../edge/config/edge-sheet.ts'
import { HaproxyDriver } from '../edge/haproxy/haproxy-driver.ts'
import { HaproxyProcess } from '../edge/haproxy/haproxy-process.ts'
import { type HaproxyPaths, haproxyPaths } from '../edge/haproxy/paths.ts'
import type { HaproxySettings } from '../edge/haproxy/settings.ts'
import { haproxySettings } from '../edge/haproxy-settings.ts'
import { readSettings } from '../settings/read-settings.ts'
import type { Defer } from './cleanup.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A real HAProxy in a folder of its own, on the loopback interface only, gone afterwards. */
export interface TestHaproxy {
  readonly settings: HaproxySettings
  readonly paths: HaproxyPaths
  readonly process: HaproxyProcess
  /** What the drivers made of it told, in order. */
  readonly events: readonly DriverEvent[]
  /** A driver for it, closed afterwards. Making another is what a restart of the daemon is. */
  driver(now?: () => number, other?: Partial<HaproxySettings>): HaproxyDriver
}

export async function testHaproxy(defer: Defer, more: Partial<HaproxySettings> = {}): Promise<TestHaproxy> {
  const folder = await temporaryFolder(defer)
  const settings: HaproxySettings = {
    ...defaults(),
    configDirectory: join(folder, 'config'),
    runtimeDirectory: join(folder, 'run'),
    includeDirectory: join(folder, 'haproxy.d'),
    bind: ['127.0.0.1', '::1'],
    maxConnections: 500,
    ...more,
  }
  const paths = haproxyPaths(settings)
  const process = new HaproxyProcess(settings.binary, paths)
  const events: DriverEvent[] = []
  defer(async () => {
    if (process.pids().length > 0) await process.kill()
  })
  return {
    settings,
    paths,
    process,
    events,
    driver(now = () => performance.now(), other = {}) {
      const driver = new HaproxyDriver(
        { ...settings, ...other },
        { now, onEvent: (event) => events.push(event) },
      )
      defer(() => driver.close())
      return driver
    },
  }
}

/** What stands where the operator says nothing. */
function defaults(): HaproxySettings {
  const reading = readSettings(edgeSheet(), [])
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults))
  return haproxySettings(reading.settings)
}
