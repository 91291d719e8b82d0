/** Code units made into a string at a time: an argument list has its limits. */
const CHUNK = 8192

/**
 * The text that bytes are in UTF-8, or where the first byte is that can't be. A byte order mark at the start is left out.
 */
export function readUtf8(bytes: Uint8Array): { readonly text: string } | { readonly badAt: number } {
  const parts: string[] = []
  let units: number[] = []
  let at = startsWithMark(bytes) ? 3 : 0
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
    const point = length === 1 ? lead : codePoint(bytes, at, length)
    if (point === undefined) return { badAt: at }
    if (point < 0x10000) units.push(point)
    else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff))
    at += length
    if (units.length >= CHUNK) {
      parts.push(String.fromCharCode(...units))
      units = []
    }
  }
  parts.push(String.fromCharCode(...units))
  return { text: parts.join('') }
}

/** The smallest code points that two, three and four bytes may stand for. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000]

function codePoint(bytes: Uint8Array, at: number, length: number): number | undefined {
  if (length === 0 || at + length > bytes.length) return undefined
  let point = (bytes[at] ?? 0) & (0x7f >> length)
  for (let next = at + 1; next < at + length; next++) {
    const byte = bytes[next] ?? 0
    if ((byte & 0xc0) !== 0x80) return undefined
    point = (point << 6) | (byte & 0x3f)
  }
  const surrogate = point >= 0xd800 && point <= 0xdfff
  return surrogate || point < (LEAST[length] ?? 0) || point > 0x10ffff ? undefined : point
}

function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}
