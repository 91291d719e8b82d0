import { link, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { HaproxyPaths } from './paths.ts'

/** How soon a change made at run time stands in the file, ms. */
const WRITE_AFTER = 100

/** How soon a write that failed (a full disk) is tried again, ms: twice as long after each failure in a row. */
const RETRY = { first: 1_000, longest: 30_000 }

/**
 * haproxy.cfg: always the text of what runs, so that a HAProxy that anybody restarts serves the newest. Every write is
 * whole (another file, then a rename) and on the disk before it counts.
 */
export class ConfigFile {
  readonly #paths: HaproxyPaths
  #timer: NodeJS.Timeout | undefined
  #pending: (() => string) | undefined
  /** What the last candidate took the place of. */
  #dropped: (() => string) | undefined
  #writing: Promise<void> = Promise.resolve()
  #failures = 0
  #stamp: string | undefined

  constructor(paths: HaproxyPaths) {
    this.#paths = paths
  }

  /** What stands there now; later changes by another hand are told from it. */
  async read(): Promise<string | undefined> {
    await this.#writing
    this.#stamp = await this.#look()
    return await readFile(this.#paths.config, 'utf8').catch(() => undefined)
  }

  /** Write what is to be checked. Not yet on the disk: `syncCandidate`. */
  async writeCandidate(text: string): Promise<void> {
    await writeFile(this.#paths.candidate, text, { mode: MODE })
  }

  async syncCandidate(): Promise<void> {
    await sync(this.#paths.candidate)
  }

  /** The candidate becomes the configuration; the one before is kept. What was to be written soon is older, and dropped. */
  async promote(): Promise<void> {
    await this.#next(() => this.#replace())
  }

  /** The one before becomes the configuration again, and what was to be written of it is again to be. */
  async restore(): Promise<void> {
    await this.#next(async () => {
      await rename(this.#paths.lastGood, this.#paths.config).catch(ignoreMissing)
      this.#pending ??= this.#dropped
      this.#schedule()
      await this.#settle()
    })
  }

  /** Write `text()` soon; the calls until then cost one write. */
  writeSoon(text: () => string): void {
    this.#pending = text
    this.#schedule()
  }

  /** Write now what is to be written soon. After a failure it stays to be written, and is tried again by itself. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#next(() => this.#writePending())
  }

  /** Whether another hand has changed the file since it was last written here. */
  async isForeign(): Promise<boolean> {
    await this.#writing
    return this.#stamp !== undefined && (await this.#look()) !== this.#stamp
  }

  /** Writes come one after another; each wants the one before over, not well. */
  async #next(write: () => Promise<void>): Promise<void> {
    const writing = this.#writing.then(write)
    this.#writing = writing.catch(() => {})
    await writing
  }

  async #replace(): Promise<void> {
    const { config, candidate, lastGood } = this.#paths
    await rm(lastGood, { force: true })
    await link(config, lastGood).catch(ignoreMissing)
    await rename(candidate, config)
    this.#dropped = this.#pending
    this.#pending = undefined
    this.#failures = 0
    await this.#settle()
  }

  async #writePending(): Promise<void> {
    const text = this.#pending
    if (!text) return
    try {
      await writeFile(this.#paths.rewrite, text(), { mode: MODE })
      await sync(this.#paths.rewrite)
      await rename(this.#paths.rewrite, this.#paths.config)
      if (this.#pending === text) this.#pending = undefined
      this.#failures = 0
    } catch (error) {
      this.#failures++
      this.#schedule()
      throw error
    }
    await this.#settle()
  }

  #schedule(): void {
    if (!this.#pending || this.#timer) return
    const { first, longest } = RETRY
    const delay = this.#failures === 0 ? WRITE_AFTER : Math.min(first * 2 ** (this.#failures - 1), longest)
    // What is left to retry keeps no daemon from ending.
    this.#timer = setTimeout(() => void this.flush().catch(() => {}), delay).unref()
  }

  async #settle(): Promise<void> {
    await sync(dirname(this.#paths.config))
    this.#stamp = await this.#look()
  }

  async #look(): Promise<string> {
    const { ino, size, mtimeNs } = await stat(this.#paths.config, { bigint: true }).catch(() => MISSING)
    return `${ino} ${size} ${mtimeNs}`
  }
}

const MISSING = { ino: 0n, size: 0n, mtimeNs: 0n }

/** Readable by whatever user a service runs HAProxy as; there is no secret in it. */
const MODE = 0o644

async function sync(path: string): Promise<void> {
  const file = await open(path)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
