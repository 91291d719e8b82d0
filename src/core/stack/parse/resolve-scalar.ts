import type { Scalar } from '../located.ts'
import { isDate } from './go-date.ts'

/**
 * What an unquoted scalar means, as Docker's YAML library (gopkg.in/yaml.v3) has it: YAML 1.2, but that `0440` is octal and
 * `1_000` a number as in 1.1, and that dates are dates. `yes`, `on` and `2222:22` are strings.
 */
export function resolvePlain(text: string): Scalar {
  const word = WORDS.get(text)
  if (word) return word
  if (!/^[-+.0-9]/.test(text)) return { form: 'string', value: text }
  if (isDate(text)) return { form: 'date', value: text }
  const plain = text.replaceAll('_', '')
  const int = text.startsWith('.') ? undefined : readInt(plain)
  if (int !== undefined) return { form: 'int', value: int }
  if (FLOAT.test(plain)) {
    const value = Number(plain)
    if (Number.isFinite(value)) return { form: 'float', value }
  }
  return { form: 'string', value: text }
}

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['', '~', 'null', 'Null', 'NULL'].map((text): [string, Scalar] => [text, { form: 'null', value: null }]),
  ...['true', 'True', 'TRUE'].map((text): [string, Scalar] => [text, { form: 'bool', value: true }]),
  ...['false', 'False', 'FALSE'].map((text): [string, Scalar] => [text, { form: 'bool', value: false }]),
  ...['.nan', '.NaN', '.NAN'].map((text): [string, Scalar] => [text, { form: 'float', value: Number.NaN }]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text): [string, Scalar] => [
    text,
    { form: 'float', value: Number.POSITIVE_INFINITY },
  ]),
  ...['-.inf', '-.Inf', '-.INF'].map((text): [string, Scalar] => [
    text,
    { form: 'float', value: Number.NEGATIVE_INFINITY },
  ]),
])

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/

const INT = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/

const MOST_SIGNED = 2n ** 63n
const MOST_UNSIGNED = 2n ** 64n

/** Go's ParseInt with base 0, in 64 bits, or 64 unsigned ones without a sign. */
function readInt(text: string): number | bigint | undefined {
  const [, sign, hex, binary, octal, decimal] = INT.exec(text) ?? []
  if (sign === undefined) return undefined
  const digits = hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : (decimal ?? '')
  // A longer one is out of range; BigInt would take its time over it.
  if (digits.length > 70) return undefined
  const size = BigInt(digits)
  const fits = sign === '' ? size < MOST_UNSIGNED : sign === '-' ? size <= MOST_SIGNED : size < MOST_SIGNED
  if (!fits) return undefined
  const value = sign === '-' ? -size : size
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}
