import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'

const run = promisify(execFile)
const folder = new URL('..', import.meta.url).pathname

/** Bundles a program of this folder as a release is bundled, so that figures are those of a release. Gives its path. */
export async function bundle(entry: string, into: string): Promise<string> {
  const outfile = join(into, entry.replace(/^.*\//, '').replace(/\.ts$/, '.cjs'))
  await build({
    entryPoints: [join(folder, entry)],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    outfile,
    logLevel: 'error',
  })
  return outfile
}

/** The programs of a release, made anew: `bin/homeport` runs them. */
export async function buildRelease(): Promise<void> {
  await run(process.execPath, [join(folder, 'scripts/build.ts')])
}

export const HOMEPORT = join(folder, 'bin/homeport')
