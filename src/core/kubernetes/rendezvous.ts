/**
 * Rendezvous hashing: of all nodes, a Service takes those that score highest with it. A node that comes or goes moves
 * only the Services that had it or are to have it. Not cryptographic: whoever can name nodes can do worse.
 */

/** 32 bits of a text: FNV-1a over its UTF-16 units, stirred so that names that differ in the last character scatter. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return stir(hash)
}

/** How well two hashed names go together: 0 to 2^32 - 1, the same on every run. */
export function score(one: number, other: number): number {
  return stir(one ^ Math.imul(other, 0x9e3779b1))
}

/** The last steps of MurmurHash3: every bit of the input moves every bit of the output. */
function stir(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
