import { chmodSync, closeSync, existsSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { syncFile, syncFolder } from '../durable-file.ts'
import { goodCopyOf, whereGoodCopyIs } from './good-copy.ts'
import { APPLICATION_ID, MIGRATIONS } from './schema.ts'
import { sqliteFault } from './sqlite-error.ts'
import { StateUnusable, StorageFailed } from './store.ts'

/** SQLite takes a file without a whole page for a new database and fills it; here one is never that short. */
const PAGE_SIZE = 4096

/** The state file of a state folder. */
export function stateFileIn(folder: string): string {
  return join(folder, 'state.db')
}

/**
 * Open the state file for this process alone, made where there is none. Checks it before anything is written to it.
 * @throws StateUnusable, StorageFailed as `SqliteStore` says
 */
export function openStateFile(folder: string): DatabaseSync {
  const path = stateFileIn(folder)
  return told(path, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
    if (!existsSync(path)) {
      if (existsSync(goodCopyOf(path))) throw damaged(path, 'it is missing')
      create(path)
    }
    if (statSync(path).size < PAGE_SIZE) throw damaged(path, 'it is cut short')
    const database = new DatabaseSync(path)
    try {
      lock(database)
      checkVersion(database, path)
      checkPages(database, path)
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      migrate(database)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/**
 * Runs `work` on a state file and tells what goes wrong there in the store's terms.
 * @throws StateUnusable, StorageFailed, or whatever else `work` throws
 */
export function told<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    switch (sqliteFault(error)) {
      case 'busy':
        throw new StateUnusable('state-in-use', `${path} is in use by another daemon`, { cause: error })
      case 'damaged':
        throw damaged(path, reason, error)
      case 'storage':
        throw new StorageFailed(`${path}: ${reason}`, { cause: error })
      default:
        if (isSystemError(error)) throw new StorageFailed(`${path}: ${reason}`, { cause: error })
        throw error
    }
  }
}

export function damaged(path: string, reason: string, cause?: unknown): StateUnusable {
  return new StateUnusable('state-damaged', `${path}: ${reason}; ${whereGoodCopyIs(path)}`, { cause })
}

/** @throws StateUnusable when a page of the file is not as SQLite would have it. */
export function checkPages(database: DatabaseSync, path: string): void {
  const [first] = database.prepare('PRAGMA quick_check(1)').all()
  const verdict = first?.['quick_check']
  if (verdict !== 'ok') throw damaged(path, String(verdict))
}

/** Complete before it gets its name, so that a file of that name is never half made. */
function create(path: string): void {
  const draft = `${path}.${process.pid}.new`
  try {
    closeSync(openSync(draft, 'wx', 0o600))
    const database = new DatabaseSync(draft)
    database.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA application_id = ${APPLICATION_ID}`)
    migrate(database)
    database.close()
    syncFile(draft)
    // Unlike a rename, a link never replaces what another daemon has just made.
    linkSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  syncFolder(dirname(path))
}

/** Held until the process ends, however it ends: the lock is the kernel's. */
function lock(database: DatabaseSync): void {
  database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT')
}

function checkVersion(database: DatabaseSync, path: string): void {
  if (pragma(database, 'application_id') !== APPLICATION_ID) throw damaged(path, 'it is no state of Homeport')
  const version = pragma(database, 'user_version')
  if (version > MIGRATIONS.length) {
    throw new StateUnusable(
      'state-newer',
      `${path} has version ${version} of the schema, and this program knows ${MIGRATIONS.length}`,
    )
  }
}

function migrate(database: DatabaseSync): void {
  for (const [before, step] of MIGRATIONS.entries()) {
    if (before < pragma(database, 'user_version')) continue
    database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${before + 1}; COMMIT`)
  }
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
