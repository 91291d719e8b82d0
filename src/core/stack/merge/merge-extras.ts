import { inOrder } from '../go-order.ts'
import type { YamlMap, YamlValue } from '../yaml-value.ts'

/** What begins with `x-`: maps are merged all the way down, lists appended, the rest replaced. */
export function mergeExtras(base: YamlMap, over: YamlMap): YamlMap {
  const merged = new Map(base)
  for (const [key, value] of over) {
    const there = base.get(key)
    merged.set(key, there === undefined ? value : mergeValue(there, value))
  }
  return inOrder(merged)
}

function mergeValue(base: YamlValue, over: YamlValue): YamlValue {
  if (isMap(base) && isMap(over)) return mergeExtras(base, over)
  return isList(base) && isList(over) ? [...base, ...over] : over
}

function isMap(value: YamlValue): value is YamlMap {
  return value instanceof Map
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value)
}
