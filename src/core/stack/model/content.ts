const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** As the `data` of a Secret and the `binaryData` of a ConfigMap have it. */
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b, c] = bytes.subarray(index, index + 3)
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    text += DIGITS.charAt(bits >> 18) + DIGITS.charAt((bits >> 12) & 63)
    text += b === undefined ? '=' : DIGITS.charAt((bits >> 6) & 63)
    text += c === undefined ? '=' : DIGITS.charAt(bits & 63)
  }
  return text
}

/** A lone half of a surrogate pair, which no encoding has, becomes a question mark. */
export function utf8(text: string): Uint8Array {
  const encoded = encodeURIComponent(text.toWellFormed())
  return Uint8Array.from(encoded.match(/%..|[^%]/g) ?? [], (piece) =>
    piece.length === 3 ? Number.parseInt(piece.slice(1), 16) : piece.charCodeAt(0),
  )
}

/** The text that the bytes are in UTF-8; undefined where they are none, or have a NUL as no text has. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const encoded = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
    const text = decodeURIComponent(encoded)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
