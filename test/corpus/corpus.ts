import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CanonicalStack } from '../../src/core/stack/canonical.ts'
import type { StackFiles } from '../../src/core/stack/stack-files.ts'
import { canonicalStack } from '../../src/testing/canonical-stack.ts'
import { diskFiles } from '../../src/testing/stack-files.ts'

/** Published stacks beside the project, which are none of it, or where HOMEPORT_CORPUS says. */
export const CORPUS = process.env['HOMEPORT_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus')

export const noCorpus = !existsSync(CORPUS)

if (noCorpus) console.warn(`The tests of test/corpus are skipped: there is no ${CORPUS}.`)

export interface CorpusStack {
  readonly name: string
  readonly folder: string
  readonly stack: CanonicalStack
  readonly files: StackFiles
}

/** The stacks that Docker accepts, as it has them in canonical form. */
export function acceptedStacks(): CorpusStack[] {
  if (noCorpus) return []
  return readdirSync(CORPUS)
    .map((name) => ({ name, folder: join(CORPUS, name) }))
    .filter(({ folder }) => existsSync(join(folder, 'docker-stack-config.yml')))
    .map(({ name, folder }) => ({
      name,
      folder,
      stack: canonicalStack(readFileSync(join(folder, 'docker-stack-config.yml'), 'utf8'), folder),
      // A path of the host lies below host/, the stack's own where it is.
      files: diskFiles((path) => (path.startsWith(folder) ? path : join(folder, 'host', path))),
    }))
}
