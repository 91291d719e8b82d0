import { link, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { HaproxyPaths } from './paths.ts'

/** How soon a change made at run time stands in the file, ms. */
const WRITE_AFTER = 100

/**
 * haproxy.cfg: always the text of what runs, so that a HAProxy that anybody restarts serves the newest. Every write is
 * whole (another file, then a rename) and on the disk before it counts.
 */
export class ConfigFile {
  readonly #paths: HaproxyPaths
  #timer: NodeJS.Timeout | undefined
  #pending: (() => string) | undefined
  #writing: Promise<void> = Promise.resolve()
  #stamp: string | undefined

  constructor(paths: HaproxyPaths) {
    this.#paths = paths
  }

  /** What stands there now; later changes by another hand are told from it. */
  async read(): Promise<string | undefined> {
    await this.#writing.catch(() => {})
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

  /** The candidate becomes the configuration; the one before is kept. */
  async promote(): Promise<void> {
    this.#cancel()
    await this.#writing
    const { config, candidate, lastGood } = this.#paths
    await rm(lastGood, { force: true })
    await link(config, lastGood).catch(ignoreMissing)
    await rename(candidate, config)
    await this.#settle()
  }

  /** The one before becomes the configuration again. */
  async restore(): Promise<void> {
    await rename(this.#paths.lastGood, this.#paths.config).catch(ignoreMissing)
    await this.#settle()
  }

  /** Write `text()` soon; the calls until then cost one write. */
  writeSoon(text: () => string): void {
    this.#pending = text
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), WRITE_AFTER)
  }

  /** Write now what is to be written soon. After a failure it stays to be written. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.catch(() => {}).then(() => this.#writePending())
    await this.#writing
  }

  /** Whether another hand has changed the file since it was last written here. */
  async isForeign(): Promise<boolean> {
    await this.#writing.catch(() => {})
    return this.#stamp !== undefined && (await this.#look()) !== this.#stamp
  }

  async #writePending(): Promise<void> {
    const text = this.#pending
    if (!text) return
    await writeFile(this.#paths.rewrite, text(), { mode: MODE })
    await sync(this.#paths.rewrite)
    await rename(this.#paths.rewrite, this.#paths.config)
    if (this.#pending === text) this.#pending = undefined
    await this.#settle()
  }

  #cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pending = undefined
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
