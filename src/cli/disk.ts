import { closeSync, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs'

/** The disk, as commands that read files of the user's see it. */
export interface Disk {
  /** The folder that the command was started in, absolute. */
  readonly folder: string
  /** The bytes of a file, of at most so many. @throws what the disk says, and TooLarge */
  read(path: string, most: number): Uint8Array
  /** The bytes of the standard input, of at most so many. @throws TooLarge */
  readInput(most: number): Uint8Array
  /** The path without links. @throws where there is nothing */
  real(path: string): string
}

/** A file has more bytes than were asked for. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

export const processDisk: Disk = {
  get folder() {
    return process.cwd()
  },
  read(path, most) {
    const file = openSync(path, 'r')
    try {
      if (fstatSync(file).isDirectory()) return readFileSync(file)
      return readAll(file, most)
    } finally {
      closeSync(file)
    }
  },
  readInput: (most) => readAll(0, most),
  real: (path) => realpathSync(path),
}

/** A pipe has no size to ask for beforehand. */
function readAll(file: number, most: number): Uint8Array {
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const part = new Uint8Array(64 * 1024)
    const count = readSync(file, part)
    if (count === 0) return Buffer.concat(parts)
    size += count
    if (size > most) throw new TooLarge()
    parts.push(part.subarray(0, count))
  }
}
