/**
 * How Docker's YAML library orders the keys of a map: letters by their code, numbers within them by their value, so that
 * `app9` comes before `app10`; what is neither letter nor digit comes first.
 */
export function compareKeys(a: string, b: string): number {
  const left = [...a]
  const right = [...b]
  let digits = false
  for (let index = 0; index < left.length && index < right.length; index++) {
    const l = left[index] ?? ''
    const r = right[index] ?? ''
    if (l !== r) return compareFrom(left, right, index, digits)
    digits = isDigit(l)
  }
  return left.length - right.length
}

/** @param digits the equal part ends with a digit */
function compareFrom(a: readonly string[], b: readonly string[], index: number, digits: boolean): number {
  const l = a[index] ?? ''
  const r = b[index] ?? ''
  const [leftLetter, rightLetter] = [isLetter(l), isLetter(r)]
  if (leftLetter && rightLetter) return codeOf(l) - codeOf(r)
  if (leftLetter || rightLetter) return leftLetter === digits ? -1 : 1
  // A zero within a number counts as a digit of it; at its start it doesn't.
  const within = (l === '0' || r === '0') && numberBefore(a, index)
  const left = numberFrom(a, index, within)
  const right = numberFrom(b, index, within)
  if (left.value !== right.value) return left.value < right.value ? -1 : 1
  return left.end - right.end || codeOf(l) - codeOf(r)
}

function numberBefore(text: readonly string[], index: number): boolean {
  for (let at = index - 1; at >= 0 && isDigit(text[at] ?? ''); at--) if (text[at] !== '0') return true
  return false
}

function numberFrom(text: readonly string[], start: number, within: boolean): { value: bigint; end: number } {
  let end = start
  while (end < text.length && isDigit(text[end] ?? '')) end += 1
  const digits = (within ? '1' : '') + text.slice(start, end).map(digitOf).join('')
  // Go counts in 64 bits.
  return { value: BigInt.asIntN(64, BigInt(digits === '' ? 0 : digits)), end }
}

/** As Go: the code minus that of '0', which is a digit only for the ten of ASCII. */
function digitOf(character: string): string {
  return character >= '0' && character <= '9' ? character : '0'
}

const isLetter = (character: string) => /^\p{L}$/u.test(character)
const isDigit = (character: string) => /^\p{Nd}$/u.test(character)
const codeOf = (character: string) => character.codePointAt(0) ?? 0

/** A map with its keys in that order. */
export function inOrder<Value>(entries: Iterable<readonly [string, Value]>): ReadonlyMap<string, Value> {
  return new Map([...entries].sort(([a], [b]) => compareKeys(a, b)))
}
