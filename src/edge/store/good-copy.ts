import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { syncFile, syncFolder } from '../durable-file.ts'

/** Where the last good copy of a state file is. */
export function goodCopyOf(path: string): string {
  return `${path}.good`
}

/** Replace the good copy by what the database holds now; after a crash at any moment the old or the new one is there. */
export function writeGoodCopy(database: DatabaseSync, path: string): void {
  const copy = goodCopyOf(path)
  const draft = `${copy}.new`
  rmSync(draft, { force: true })
  try {
    // SQLite fills an empty file, and this one nobody else may read.
    closeSync(openSync(draft, 'wx', 0o600))
    database.prepare('VACUUM INTO ?').run(draft)
    syncFile(draft)
    renameSync(draft, copy)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  syncFolder(dirname(copy))
}

/** Where to look when the state file is of no use, for the end of an error's text. */
export function whereGoodCopyIs(path: string): string {
  const copy = goodCopyOf(path)
  if (!existsSync(copy)) return 'there is no good copy'
  return `the last good copy, of ${statSync(copy).mtime.toISOString()}, is ${copy}`
}
