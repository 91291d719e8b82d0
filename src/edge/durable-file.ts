import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Write a file so that after a crash at any moment either the old or the new content is there, whole.
 *
 * @param mode permissions, from the moment that it exists
 */
export function writeDurably(path: string, content: string, mode: number): void {
  const draft = `${path}.new`
  rmSync(draft, { force: true })
  const file = openSync(draft, 'wx', mode)
  try {
    writeFileSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  syncFolder(dirname(path))
}

/** Put what was renamed or removed in a folder on the disk. */
export function syncFolder(folder: string): void {
  syncFile(folder)
}

/** Put what another hand wrote into a file on the disk. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
