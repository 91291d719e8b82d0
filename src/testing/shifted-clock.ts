import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Defer } from './cleanup.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** The wall clock of a program that is started with `env`; the machine's own stays as it is. */
export interface ShiftedClock {
  readonly env: Readonly<Record<string, string>>
  /** Sets it so many ms ahead (or, below zero, back) of the machine's, at once. */
  set(shift: number): void
}

const VARIABLE = 'SHIFTED_CLOCK'

export async function shiftedClock(defer: Defer): Promise<ShiftedClock> {
  const file = join(await temporaryFolder(defer), 'shift')
  const set = (shift: number) => writeFileSync(file, String(shift))
  set(0)
  return { env: { NODE_OPTIONS: `--import=${pathToFileURL(import.meta.filename)}`, [VARIABLE]: file }, set }
}

// In the program itself, before its own code runs.
const file = process.env[VARIABLE]
if (file !== undefined) {
  const machine = Date.now
  Date.now = () => machine() + Number(readFileSync(file, 'utf8'))
}
