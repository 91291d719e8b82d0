import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Defer } from '../cleanup.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import type { Cluster } from './cluster.ts'
import { rootFolder } from './root-folder.ts'

const run = promisify(execFile)
const checkout = join(import.meta.dirname, '../../..')

/** Where test/setup/cluster.ts tells the tests of its project that the programs are built already. */
export const BUILT = 'HOMEPORT_TEST_BUILT'

/** Builds the programs of this checkout, unless that was done for this run, and gives the folder where they are. */
export async function builtPrograms(defer: Defer): Promise<string> {
  if (process.env[BUILT]) return process.env[BUILT]
  const folder = join(await temporaryFolder(defer), 'dist')
  await run(process.execPath, [join(checkout, 'scripts/build.ts'), folder])
  return folder
}

/**
 * Makes the image of `deploy/images/NAME/Dockerfile` and puts it on every node, without Docker: this process's Node is in
 * it, what the recipe copies, and its entry point. Its ENV is left out, which only has the program take less memory.
 */
export async function recipeImage(defer: Defer, cluster: Cluster, name: string, dist: string): Promise<void> {
  const recipe = await readFile(join(checkout, `deploy/images/${name}/Dockerfile`), 'utf8')
  const copies = [...recipe.matchAll(/^COPY (\S+) (\S+)$/gm)].map(
    ([, from = '', to = '']): [string, string] => [to, join(dist, from)],
  )
  const [, entry = ''] = /^ENTRYPOINT (.+)$/m.exec(recipe) ?? []
  const [, tag = ''] = /docker build -t (\S+)/.exec(recipe) ?? []
  const entrypoint: readonly string[] = JSON.parse(entry)
  const root = await rootFolder(defer, {
    programs: { '/usr/local/bin/node': process.execPath },
    files: Object.fromEntries(copies),
  })
  await cluster.image(tag, root, entrypoint)
}
