import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FileAnswer, StackFiles } from '../core/stack/stack-files.ts'

/** As the command line hashes. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Files in memory, by their absolute paths. A path that ends in a slash is a folder. */
export function memoryFiles(files: Readonly<Record<string, string>> = {}): StackFiles {
  return {
    read(path) {
      const text = files[path]
      if (text !== undefined) return { bytes: new TextEncoder().encode(text) }
      return `${path}/` in files ? directory(path) : missing(path)
    },
  }
}

/** The files of a disk, where `onDisk` says. */
export function diskFiles(onDisk: (path: string) => string): StackFiles {
  return {
    read(path) {
      try {
        return { bytes: readFileSync(onDisk(path)) }
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'EISDIR'
          ? directory(path)
          : missing(path)
      }
    },
  }
}

function missing(path: string): FileAnswer {
  return { refused: 'missing', detail: `there is no ${path}`, remedy: 'Put the file there.' }
}

function directory(path: string): FileAnswer {
  return { refused: 'directory', detail: `${path} is a folder`, remedy: 'Name a file.' }
}
