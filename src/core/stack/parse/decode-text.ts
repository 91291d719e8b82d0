import type { Problems } from '../problem.ts'
import type { StackText } from '../stack-text.ts'
import { readUtf8 } from './utf8.ts'

/** Bytes that one stack file may have. The largest that is published anywhere has 60 thousand. */
export const MOST_BYTES = 4 * 1024 * 1024

const NEWLINE = 10

/** The text of a stack file, without its byte order mark; `undefined` where it is none, with the reason in the problems. */
export function decodeText({ name, bytes }: StackText, problems: Problems): string | undefined {
  if (bytes.length > MOST_BYTES) {
    const [size, most] = [bytes.length, MOST_BYTES].map((count) => `${(count / 1024 / 1024).toFixed(1)} MiB`)
    const detail = `the file has ${size}, more than the ${most} that are read`
    problems.error({ file: name, line: 1, column: 1 }, [], detail, 'Give a stack file: this is hardly one.')
    return undefined
  }
  const read = readUtf8(bytes)
  if ('text' in read) return read.text
  const place = { file: name, ...placeOfByte(bytes, read.badAt) }
  problems.error(place, [], 'the file is not UTF-8 text from here on', 'Save it as UTF-8.')
  return undefined
}

function placeOfByte(bytes: Uint8Array, at: number): { line: number; column: number } {
  let line = 1
  let start = 0
  for (let index = 0; index < at; index++) {
    if (bytes[index] !== NEWLINE) continue
    line += 1
    start = index + 1
  }
  const before = readUtf8(bytes.subarray(start, at))
  return { line, column: 1 + ('text' in before ? before.text.length : 0) }
}
