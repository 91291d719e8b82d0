import type { Scalar } from '../located.ts'
import { goDateText } from '../parse/go-date.ts'

/** A scalar as Docker writes it where it wants a string: Go's `fmt.Sprint`. Null is empty. */
export function scalarText(scalar: Scalar): string {
  switch (scalar.form) {
    case 'null':
      return ''
    case 'date':
      return goDateText(scalar.value)
    case 'float':
      return floatText(scalar.value)
    default:
      return String(scalar.value)
  }
}

/** From this power of ten on, and below 1e-4, Go prints an exponent. */
const EXPONENT_FROM = 6

/** A float as Go's `%v` prints it: `0.5`, `1e+06`. */
export function floatText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', power = ''] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < EXPONENT_FROM) return plainDecimal(mantissa, exponent)
  const sign = exponent < 0 ? '-' : '+'
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function plainDecimal(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0')
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}
