import { isScalar, Scalar } from 'yaml'
import { resolvePlain } from './resolve-scalar.ts'

/** The text of a key; `undefined` where it is not a string: Docker refuses numbers, booleans and null as keys. */
export function readKey(key: unknown): string | undefined {
  if (isLocatedString(key)) return key.scalar.value
  if (!isScalar(key)) return undefined
  const text = textOf(key)
  if (key.type !== Scalar.PLAIN || key.tag !== undefined) return text
  return resolvePlain(text).form === 'string' ? text : undefined
}

export function keyFault(key: unknown): { detail: string; remedy: string } {
  if (!isScalar(key)) return { detail: 'a key has to be a string', remedy: 'Write it in one line.' }
  const text = textOf(key)
  const { form } = resolvePlain(text)
  const what = { int: 'a number', float: 'a number', bool: 'a boolean', date: 'a date' }
  const detail = `the key ${text === '' ? 'here' : text} is ${form === 'null' || form === 'string' ? 'null' : what[form]}, not a string`
  return { detail, remedy: `Put it into quotes: ${JSON.stringify(text)}.` }
}

function textOf(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? '')
}

function isLocatedString(key: unknown): key is { scalar: { value: string } } {
  if (typeof key !== 'object' || key === null || !('scalar' in key)) return false
  const { scalar } = key
  return (
    typeof scalar === 'object' && scalar !== null && 'value' in scalar && typeof scalar.value === 'string'
  )
}
