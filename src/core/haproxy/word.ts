/** Thrown for a value that would break out of its place in HAProxy's configuration or CLI: a fault of this program. */
export class UnsafeWord extends Error {
  override readonly name = 'UnsafeWord'

  constructor(text: string) {
    super(`${JSON.stringify(text)} may not stand in HAProxy's configuration`)
  }
}

/** Everything HAProxy's parser or its CLI gives a meaning: white space, quotes, comments, `;`, variables, escapes. */
const SAFE = /^[A-Za-z0-9_.:/[\]-]+$/

/**
 * A word for HAProxy's configuration or CLI, as it is. Values are validated long before they come here; this is the last
 * door.
 * @throws UnsafeWord for whatever is not one plain word.
 */
export function word(text: string): string {
  if (!SAFE.test(text)) throw new UnsafeWord(text)
  return text
}

const QUOTABLE = /^[\x20-\x7e]+$/

/**
 * A text for HAProxy's configuration (not its CLI), in single quotes, within which nothing has a meaning (configuration
 * manual, 2.2). A single quote itself is closed, escaped and opened again.
 * @throws UnsafeWord for control characters and what is not ASCII.
 */
export function quoted(text: string): string {
  if (!QUOTABLE.test(text)) throw new UnsafeWord(text)
  return `'${text.replaceAll("'", "'\\''")}'`
}
