import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'

const run = promisify(execFile)
const folder = new URL('..', import.meta.url).pathname

/** Bundles a program of this folder as a release is bundled, so that figures are those of a release. Gives its path. */
export async function bundle(entry: string, into: string): Promise<string> {
  const outfile = join(into, entry.replace(/^.*\//, '').replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [join(folder, entry)],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    outfile,
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
  return outfile
}

/** The agent, as `scripts/build.ts` bundles it. Gives its path. */
export async function bundleAgent(into: string): Promise<string> {
  const out = join(into, 'dist')
  await run(process.execPath, [join(folder, 'scripts/build.ts'), out])
  return join(out, 'agent.cjs')
}
