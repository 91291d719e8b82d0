import { choice, list, mapOf, scalar, set, string } from './make-schema.ts'

export const listOfStrings = set(string)

export const stringOrList = choice(string, listOfStrings)

/** A command: one string, or its words. */
export const words = choice(string, list(string))

/** `KEY: value` or `- KEY=value`. */
export const listOrMap = choice(mapOf(scalar('string', 'number', 'null')), listOfStrings)

export const options = { ...mapOf(scalar('string', 'number')), unknown: 'allowed' } as const
