import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import type { OwnerKey } from '../../core/owner.ts'
import type { HeldDocument } from '../../core/registry/state.ts'
import type { PortKey } from '../../core/route.ts'
import { writeGoodCopy } from './good-copy.ts'
import { sqliteFault } from './sqlite-error.ts'
import { checkPages, damaged, openStateFile, stateFileIn, told } from './state-file.ts'
import { type Saved, StorageFailed, type Store, type StoreChange, type TokenRecord } from './store.ts'

type Kind = 'document' | 'owner' | 'token' | 'clock'

/**
 * The edge's state in one SQLite file, `state.db`, which one daemon has to itself. Each commit is a transaction in the
 * write-ahead log, synchronised before it returns.
 */
export class SqliteStore implements Store {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #select: StatementSync
  readonly #put: StatementSync
  readonly #delete: StatementSync

  /**
   * Open the state in `folder`, made (mode 700) where it is not there.
   * @throws StateUnusable when the file is damaged, from a newer version or in use; it is left as it is.
   * @throws StorageFailed when nothing can be written there.
   */
  constructor(folder: string) {
    this.#path = stateFileIn(folder)
    const database = openStateFile(folder)
    this.#database = database
    this.#select = database.prepare('SELECT key, body, sum FROM record WHERE kind = ? ORDER BY key')
    this.#put = database.prepare(
      `INSERT INTO record (kind, key, body, sum) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET body = excluded.body, sum = excluded.sum`,
    )
    this.#delete = database.prepare('DELETE FROM record WHERE kind = ? AND key = ?')
  }

  load(): Saved {
    return told(this.#path, () => ({
      documents: this.#read<HeldDocument>('document'),
      owners: this.#read<[PortKey, OwnerKey]>('owner'),
      tokens: this.#read<TokenRecord>('token'),
      edgeTime: this.#read<number>('clock')[0] ?? 0,
    }))
  }

  commit(changes: readonly StoreChange[], edgeTime: number): void {
    const database = this.#database
    try {
      database.exec('BEGIN IMMEDIATE')
      for (const change of changes) this.#apply(change)
      this.#write('clock', 'edge', edgeTime)
      database.exec('COMMIT')
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (database.isTransaction) database.exec('ROLLBACK')
      if (!sqliteFault(error) || !(error instanceof Error)) throw error
      this.#giveBackRoom()
      throw new StorageFailed(`${this.#path}: ${error.message}`, { cause: error })
    }
  }

  /**
   * Check the whole state and write its good copy anew. Blocks: some 50 ms at 10,000 claims.
   * @throws StateUnusable when the state is damaged, StorageFailed when the disk has no room; then the copy stays as it
   * is.
   */
  keepGoodCopy(): void {
    told(this.#path, () => {
      checkPages(this.#database, this.#path)
      this.load()
      writeGoodCopy(this.#database, this.#path)
    })
  }

  close(): void {
    this.#database.close()
  }

  /** What a failed transaction has written into the log would go on filling the disk. */
  #giveBackRoom(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // Then the disk has no room for that either; the next commit tries again.
    }
  }

  /** Everything of one kind. The sum says that it is what this program once wrote, and so of type `T`. */
  #read<T>(kind: Kind): T[] {
    return this.#select.all(kind).map(({ key, body, sum }): T => {
      if (typeof body !== 'string' || crc32(body) !== sum) {
        throw damaged(this.#path, `the ${kind} ${JSON.stringify(key)} is not as it was written`)
      }
      return JSON.parse(body)
    })
  }

  #write(kind: Kind, key: string, value: unknown): void {
    const body = JSON.stringify(value)
    this.#put.run(kind, key, body, crc32(body))
  }

  #apply(change: StoreChange): void {
    switch (change.kind) {
      case 'put-document':
        this.#write('document', change.key, change.document)
        break
      case 'put-owner':
        this.#write('owner', change.port, [change.port, change.owner])
        break
      case 'put-token':
        this.#write('token', change.token.id, change.token)
        break
      case 'delete-document':
        this.#delete.run('document', change.key)
        break
      case 'delete-owner':
        this.#delete.run('owner', change.port)
        break
      case 'delete-token':
        this.#delete.run('token', change.id)
    }
  }
}
