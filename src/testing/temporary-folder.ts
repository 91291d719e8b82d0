import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Defer } from './cleanup.ts'

/** A new empty folder, gone afterwards. Its path is short: a UNIX socket's has room for 107 characters. */
export async function temporaryFolder(defer: Defer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'homeport-'))
  defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}
