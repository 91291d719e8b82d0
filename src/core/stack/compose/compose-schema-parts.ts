import { choice, list, mapOf, map as mapOfKeys, scalar, set, string } from '../schema/make-schema.ts'
import type { KeySchema, MapSchema, Schema } from '../schema/schema.ts'

/** Nearly every map of the Compose Specification takes keys that begin with `x-`. */
export function map(
  keys: Readonly<Record<string, Schema | KeySchema>>,
  more: Partial<MapSchema> = {},
): MapSchema {
  return mapOfKeys(keys, { extrasSince: 0, ...more })
}

/** The text of one is for a variable. */
export const flag = scalar('boolean', 'string')
export const integerText = scalar('integer', 'string')
export const numberText = scalar('number', 'string')

export const listOfStrings = set(string)
export const stringOrList = choice(string, listOfStrings)
export const words = choice(string, list(string), scalar('null'))
export const listOrMap = choice(mapOf(scalar('string', 'number', 'boolean', 'null')), set(string))
export const options = { ...mapOf(scalar('string', 'number')), unknown: 'allowed' } as const
export const extraHosts = choice(mapOf(choice(string, list(string))), set(string))

export const references = list(
  choice(string, map({ source: string, target: string, uid: string, gid: string, mode: numberText })),
)

export const ulimits = {
  ...mapOf(
    choice(integerText, map({ hard: integerText, soft: integerText }, { required: ['soft', 'hard'] })),
    /^[a-z]+$/,
  ),
  unknown: 'allowed',
} as const

export const hook = map(
  { command: words, user: string, privileged: flag, working_dir: string, environment: listOrMap },
  { required: ['command'] },
)

export const build = choice(
  string,
  map({
    context: string,
    dockerfile: string,
    dockerfile_inline: string,
    entitlements: list(string),
    args: listOrMap,
    ssh: listOrMap,
    labels: listOrMap,
    cache_from: list(string),
    cache_to: list(string),
    no_cache: flag,
    additional_contexts: listOrMap,
    network: string,
    provenance: flag,
    sbom: flag,
    pull: flag,
    target: string,
    shm_size: integerText,
    extra_hosts: extraHosts,
    isolation: string,
    privileged: flag,
    secrets: references,
    tags: list(string),
    ulimits,
    platforms: list(string),
  }),
)
