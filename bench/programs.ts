import { join } from 'node:path'
import { build } from 'esbuild'

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
