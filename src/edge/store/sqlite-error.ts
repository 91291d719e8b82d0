/** What an error of SQLite means for the state. */
export type SqliteFault = 'busy' | 'storage' | 'damaged'

/** Primary result codes (sqlite.org/rescode.html). */
const FAULTS: ReadonlyMap<number, SqliteFault> = new Map([
  [3, 'damaged'], // PERM
  [5, 'busy'], // BUSY
  [8, 'storage'], // READONLY
  [10, 'storage'], // IOERR
  [11, 'damaged'], // CORRUPT
  [13, 'storage'], // FULL
  [14, 'damaged'], // CANTOPEN
  [26, 'damaged'], // NOTADB
])

/** Undefined where the error is none of SQLite's, or a fault of this program. */
export function sqliteFault(error: unknown): SqliteFault | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  return FAULTS.get(error.errcode & 0xff)
}
