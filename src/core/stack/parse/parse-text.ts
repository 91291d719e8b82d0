import { type Document, isScalar, LineCounter, parseAllDocuments } from 'yaml'
import type { LocatedMap } from '../located.ts'
import type { Place } from '../place.ts'
import type { Problems } from '../problem.ts'
import { TreeReader } from './tree-reader.ts'
import { yamlRemedy } from './yaml-remedy.ts'

/** Says where in a file an offset is. */
export type Placing = (offset: number) => Place

/**
 * Phase 1: the one YAML document of a file, as a tree whose values know their places; aliases and merge keys are resolved.
 * `undefined` where the file is not that; all its faults are in the problems.
 */
export function parseText(file: string, text: string, problems: Problems): LocatedMap | undefined {
  return parseDocuments(file, text, problems, 'one')?.[0]
}

/** The same of a file that may hold several documents, as Compose's may: at least one. */
export function parseTexts(
  file: string,
  text: string,
  problems: Problems,
): readonly LocatedMap[] | undefined {
  return parseDocuments(file, text, problems, 'several')
}

function parseDocuments(
  file: string,
  text: string,
  problems: Problems,
  count: 'one' | 'several',
): readonly LocatedMap[] | undefined {
  const lines = new LineCounter()
  const placing: Placing = (offset) => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const before = problems.errors
  const documents = readDocuments(text, lines, placing, problems)
  if (count === 'one') refuseFurther(documents, placing, problems)
  if (problems.errors > before) return undefined
  const full = documents.filter((document, index) => index === 0 || !isEmpty(document))
  const trees = full.map(({ contents }) => contents && new TreeReader(placing, problems).read(contents))
  if (problems.errors > before) return undefined
  const maps = trees.filter((tree) => tree?.kind === 'map')
  if (maps.length > 0 && maps.length === trees.length) return maps
  const wrong = trees.find((tree) => tree?.kind !== 'map')
  const detail = 'top-level object must be a mapping'
  problems.error(wrong?.place ?? placing(0), [], detail, 'Begin with "services:" and the services below it.')
  return undefined
}

function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.source === '')
}

const TOO_DEEP = 'the file is nested too deeply'
const HARDLY_ONE = 'Give a stack file: this is hardly one.'

function readDocuments(text: string, lines: LineCounter, placing: Placing, problems: Problems) {
  const options = { schema: 'failsafe', lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const
  try {
    const read = parseAllDocuments(text, options)
    const documents = Array.isArray(read) ? read : []
    for (const error of documents.flatMap(({ errors }) => errors)) {
      const place = placing(error.pos[0])
      if (error.code === 'RESOURCE_EXHAUSTION') {
        problems.error(place, [], TOO_DEEP, HARDLY_ONE)
        continue
      }
      problems.error(
        place,
        [],
        `this is not YAML: ${sentence(error.message)}`,
        yamlRemedy(error.code, text, error.pos[0]),
      )
    }
    return documents
  } catch (error) {
    // The library recurses: what is nested very deeply ends its stack.
    if (!(error instanceof RangeError)) throw error
    problems.error(placing(0), [], TOO_DEEP, HARDLY_ONE)
    return []
  }
}

/** Docker reads the first document and is silent about the others: whoever wrote them misses them. */
function refuseFurther(documents: readonly Document[], placing: Placing, problems: Problems): void {
  for (const document of documents.slice(1)) {
    if (isEmpty(document)) continue
    const place = placing(document.contents?.range?.[0] ?? 0)
    const remedy = 'Put each into a file of its own, and give them with several -c.'
    problems.error(place, [], 'the file holds a second document; a stack file is one', remedy)
    return
  }
}

function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
