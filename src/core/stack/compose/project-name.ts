import type { LocatedMap } from '../located.ts'
import type { Problems } from '../problem.ts'
import { textAt, valueAt } from './nodes.ts'
import { substitute } from './substitute.ts'

/** What a project is called: on the command line, in the environment, in the files (the last counts), or like its folder. */
export function projectName(
  documents: readonly LocatedMap[],
  variables: ReadonlyMap<string, string>,
  folder: string,
  given: string | undefined,
  problems: Problems,
): string {
  const named = documents.findLast((tree) => textAt(tree, 'name'))
  const written = named && substitute(textAt(named, 'name') ?? '', variables).text
  if (given !== undefined) {
    const place = valueAt(named, 'name')?.place
    if (written !== undefined && normalName(written) !== given)
      problems.warning(
        place,
        ['name'],
        `the stack is called ${given} here, not ${written}`,
        `Give ${normalName(written)} as the name.`,
      )
    return given
  }
  const found = variables.get('COMPOSE_PROJECT_NAME') || written || folder.split('/').at(-1) || ''
  return normalName(found)
}

/** As Compose has it: small letters, digits, `_` and `-`, and a letter or digit first. */
function normalName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}
