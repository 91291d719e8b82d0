import type { Located, LocatedList, LocatedMap, LocatedScalar } from '../located.ts'
import { type Path, type Place, pathText } from '../place.ts'
import type { Problems } from '../problem.ts'
import { AS_COMPOSE } from './as-compose.ts'
import { jsonKey } from './json-key.ts'
import { unknownKeyRemedy } from './key-remedies.ts'
import { fits, hasFormat, kindText } from './kinds.ts'
import type { ChoiceSchema, ListSchema, MapSchema, ScalarSchema, Schema } from './schema.ts'

/** Phase 3: everything in a tree that the schema of its version does not allow, in Docker's words. */
export function validate(tree: Located, schema: Schema, minor: number, problems: Problems): void {
  new Validation(minor, problems).check(tree, schema, [])
}

class Validation {
  readonly #minor: number
  readonly #problems: Problems

  constructor(minor: number, problems: Problems) {
    this.#minor = minor
    this.#problems = problems
  }

  check(node: Located, schema: Schema, path: Path): void {
    if (!fits(node, schema)) this.#refuseKind(node, schema, path)
    else if (schema.is === 'choice') this.#choice(node, schema, path)
    else if (schema.is === 'map' && node.kind === 'map') this.#map(node, schema, path)
    else if (schema.is === 'list' && node.kind === 'list') this.#list(node, schema, path)
    else if (schema.is === 'scalar' && node.kind === 'scalar') this.#scalar(node, schema, path)
  }

  #choice(node: Located, schema: ChoiceSchema, path: Path): void {
    const chosen = schema.of.find((one) => fits(node, one))
    if (chosen) this.check(node, chosen, path)
  }

  #map(node: LocatedMap, schema: MapSchema, path: Path): void {
    if (schema.longFormSince !== undefined && schema.longFormSince > this.#minor) {
      const remedy = `The long form needs version "3.${schema.longFormSince}": leave "version" out.`
      this.#refuse(node.place, path, 'must be a string', remedy)
      return
    }
    for (const [key, { place, value }] of node.entries) {
      const known = Object.hasOwn(schema.keys, key) ? schema.keys[key] : undefined
      if (known && known.since <= this.#minor) this.check(value, known.schema, [...path, key])
      else if (schema.others?.names.test(key)) this.check(value, schema.others.value, [...path, key])
      else if (!this.#allowsUnknown(schema, key)) this.#refuseKey(key, place, path, schema)
    }
    for (const key of schema.required)
      if (!node.entries.has(key)) this.#refuse(node.place, path, `${key} is required`, `Add "${key}:".`)
  }

  #allowsUnknown(schema: MapSchema, key: string): boolean {
    if (key.startsWith('x-') && schema.extrasSince !== undefined && schema.extrasSince <= this.#minor)
      return true
    return schema.unknown === 'allowed' || (schema.unknownSince ?? Number.POSITIVE_INFINITY) <= this.#minor
  }

  #list(node: LocatedList, schema: ListSchema, path: Path): void {
    const seen = new Map<string, number>()
    for (const [index, item] of node.items.entries()) {
      this.check(item, schema.items, [...path, index])
      if (!schema.unique) continue
      const key = jsonKey(item)
      const first = seen.get(key)
      if (first === undefined) seen.set(key, index)
      else
        this.#refuse(
          item.place,
          path,
          `array items[${first},${index}] must be unique`,
          'Remove one of the two.',
        )
    }
  }

  #scalar({ scalar, place }: LocatedScalar, schema: ScalarSchema, path: Path): void {
    const { format, formatSince = 0, oneOf, least, pattern } = schema
    if (format && formatSince <= this.#minor && !hasFormat(scalar, format)) {
      const example = format === 'duration' ? '1m30s' : '8080:80/tcp'
      this.#refuse(place, path, `Does not match format '${format}'`, `Write it like "${example}".`)
    }
    if (oneOf && !oneOf.some((word) => word === scalar.value)) {
      const words = oneOf.map((word) => JSON.stringify(word)).join(', ')
      this.#refuse(place, path, `must be one of the following: ${words}`, 'Write one of them.')
    }
    if (pattern && !pattern.test(String(scalar.value)))
      this.#refuse(place, path, `Does not match pattern '${pattern.source}'`, 'Write it like that.')
    if (least !== undefined && Number(scalar.value) < least)
      this.#refuse(place, path, `Must be greater than or equal to ${least}`, `Write ${least} or more.`)
  }

  #refuseKey(key: string, place: Place, path: Path, schema: MapSchema): void {
    const remedy = unknownKeyRemedy(key, path, schema, this.#minor)
    const where = path.length === 0 ? '(root)' : pathText(path)
    this.#problems.error(place, [...path, key], `${where} Additional property ${key} is not allowed`, remedy)
  }

  #refuse(place: Place, path: Path, what: string, remedy: string): void {
    this.#problems.error(place, path, `${pathText(path) || '(root)'} ${what}`, remedy)
  }

  /** Of a choice, Docker names the first. */
  #refuseKind(node: Located, schema: Schema, path: Path): void {
    const first = schema.is === 'choice' ? (schema.of[0] ?? schema) : schema
    this.#refuse(node.place, path, `must be a ${kindText(first)}`, kindRemedy(node, schema, path))
  }
}

function kindRemedy(node: Located, schema: Schema, path: Path): string {
  if (path.at(-1) === 'depends_on' && node.kind === 'map')
    return `Swarm knows no conditions: write a list of services, or leave it out, since Swarm starts all at once. ${AS_COMPOSE}`
  if (schema.is === 'choice') return `Write a ${kindText(schema)}.`
  if (node.kind !== 'scalar') return `Write a ${kindText(schema)}.`
  if (node.scalar.form === 'null')
    return schema.is === 'scalar' ? 'Give a value.' : 'Give what belongs below it, or remove the key.'
  const wantsText = schema.is === 'scalar' && schema.types.includes('string')
  if (wantsText) return `Put it into quotes: ${JSON.stringify(String(node.scalar.value))}.`
  if (schema.is === 'scalar' && node.scalar.form === 'string') return 'Write it without quotes.'
  return `Write a ${kindText(schema)}${schema.is === 'scalar' ? '' : ', its parts on lines of their own below the key'}.`
}
