import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { usageFailure } from './failure.ts'

/** A file that only its owner may read, and that is there whole or not at all. */
export interface SecretFile {
  /** @throws Failure (usage) where another file has the name meanwhile; a system error where the disk is full, say */
  write(content: string): void
  /** Leaves nothing behind of a file that was not written. */
  discard(): void
}

/**
 * Makes ready to write a secret, so that what stands in the way is known before there is one.
 * @throws Failure (usage) where the file exists and may not be replaced, or where none can be made.
 */
export function prepareSecretFile(path: string, mayReplace: boolean): SecretFile {
  if (!mayReplace && existsSync(path)) throw fileExists(path)
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.new`)
  const file = openDraft(draft, path)
  return {
    write(content) {
      writeFileSync(file, content)
      fsyncSync(file)
      if (mayReplace) renameSync(draft, path)
      else linkNew(draft, path)
    },
    discard() {
      closeSync(file)
      rmSync(draft, { force: true })
    },
  }
}

function openDraft(draft: string, path: string): number {
  try {
    return openSync(draft, 'wx', 0o600)
  } catch (error) {
    throw usageFailure(
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'Name a file in a folder that you may write to.',
    )
  }
}

/** Unlike a rename, a link never replaces what came meanwhile. */
function linkNew(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw fileExists(path)
    throw error
  }
}

function fileExists(path: string): Error {
  return usageFailure(`${path} exists already`, 'Name another file, or replace it with --force.')
}
