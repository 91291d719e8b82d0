import type { LocatedMap } from '../located.ts'
import type { Place } from '../place.ts'
import type { Problems } from '../problem.ts'
import { scalarText } from '../values/scalar-text.ts'
import { AS_COMPOSE } from './as-compose.ts'
import { LATEST } from './stack-schema.ts'

export interface Version {
  /** The minor number of the format's version 3. */
  readonly minor: number
  /** `3.8`, as Docker prints it. */
  readonly text: string
  readonly place: Place
}

/** The version that a file is written in: the latest where it says `3` or nothing. */
export function readVersion(tree: LocatedMap, problems: Problems): Version {
  const entry = tree.entries.get('version')
  const place = entry?.value.place ?? tree.place
  const latest = { minor: LATEST, text: `3.${LATEST}`, place }
  if (entry?.value.kind !== 'scalar') return latest
  const { scalar } = entry.value
  const text = scalar.form === 'null' ? '<nil>' : scalarText(scalar)
  if (text === '' || text === '3') return latest
  const minor = /^3\.(\d|1\d)$/.exec(text)?.[1]
  if (minor !== undefined && Number(minor) <= LATEST) return { minor: Number(minor), text, place }
  const remedy = `Leave "version" out, or write "3.0" to "3.${LATEST}". ${AS_COMPOSE}`
  problems.error(place, ['version'], `unsupported Compose file version: ${text}`, remedy)
  return latest
}
