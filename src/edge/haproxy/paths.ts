import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DataPlaneUnavailable } from '../../core/plan/driver.ts'
import type { HaproxySettings } from './settings.ts'

/** Every file of the driver's, absolute: HAProxy's master starts itself anew, from whatever folder. */
export interface HaproxyPaths {
  readonly config: string
  /** Checked, then renamed to `config`. */
  readonly candidate: string
  /** On its way to `config` after changes at run time. */
  readonly rewrite: string
  /** The one before, in case HAProxy does not load the new one. */
  readonly lastGood: string
  readonly include: string
  readonly statsSocket: string
  readonly masterSocket: string
  /** `show servers state` of the worker that the next one replaces. */
  readonly state: string
  /** HAProxy's standard output and error, where this daemon starts it. */
  readonly log: string
}

/** Where they are. */
export type HaproxyFolders = Pick<
  HaproxySettings,
  'configDirectory' | 'runtimeDirectory' | 'includeDirectory'
>

export function haproxyPaths(settings: HaproxyFolders): HaproxyPaths {
  const config = resolve(settings.configDirectory)
  const runtime = resolve(settings.runtimeDirectory)
  return {
    config: join(config, 'haproxy.cfg'),
    candidate: join(config, 'haproxy.cfg.candidate'),
    rewrite: join(config, 'haproxy.cfg.new'),
    lastGood: join(config, 'haproxy.cfg.last-good'),
    include: resolve(settings.includeDirectory),
    statsSocket: join(runtime, 'stats.sock'),
    masterSocket: join(runtime, 'master.sock'),
    state: join(runtime, 'servers.state'),
    log: join(runtime, 'haproxy.log'),
  }
}

/**
 * What HAProxy is started with. `-db` keeps it in the foreground, also where a file in haproxy.d says `daemon`, so that its
 * pid stays what it is.
 */
export function haproxyArguments({ masterSocket, config, include }: HaproxyPaths): string[] {
  return ['-W', '-db', '-S', `${masterSocket},mode,600`, '-f', config, '-f', include]
}

/** @throws DataPlaneUnavailable */
export async function makeFolders({ config, statsSocket, include }: HaproxyPaths): Promise<void> {
  try {
    for (const folder of [dirname(config), dirname(statsSocket), include]) {
      await mkdir(folder, { recursive: true })
    }
  } catch (error) {
    throw new DataPlaneUnavailable(error instanceof Error ? error.message : String(error))
  }
}
