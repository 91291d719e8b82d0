import type { Variables } from '../interpolate/substitute.ts'
import { readUtf8 } from '../parse/utf8.ts'

/** A line longer than this ends Docker's reading. */
const LONGEST = 64 * 1024 - 1

/**
 * The variables of an env_file, as Swarm reads it: a line is `KEY=VALUE` as it stands. Quotes, dollars and trailing spaces
 * belong to the value. A key without `=` takes its value from the environment, or is left out. A string is why it can't be read.
 */
export function readEnvFile(bytes: Uint8Array, variables: Variables): ReadonlyMap<string, string> | string {
  const read = readUtf8(bytes)
  if ('badAt' in read) return `invalid utf8 bytes at line ${lineAt(bytes, read.badAt)}`
  const found = new Map<string, string>()
  for (const [index, raw] of read.text.split('\n').entries()) {
    if (raw.length > LONGEST) return `line ${index + 1} is too long`
    const line = raw.replace(/\r$/, '').trimStart()
    if (line === '' || line.startsWith('#')) continue
    const at = line.indexOf('=')
    const key = at < 0 ? line : line.slice(0, at)
    if (key === '') return `no variable name on line ${index + 1}`
    if (/[ \t]/.test(key)) return `variable '${key}' contains whitespaces, on line ${index + 1}`
    const value = at < 0 ? variables.get(line) : line.slice(at + 1)
    if (value !== undefined) found.set(key, value)
  }
  return found
}

function lineAt(bytes: Uint8Array, at: number): number {
  return 1 + bytes.subarray(0, at).filter((byte) => byte === 10).length
}
