/**
 * Bundles the programs into dist/ (or the folder that is named): `homeport.js` for the commands, in chunks so that each
 * loads what it needs; for what runs for years, whose memory counts, `edge.cjs`, `agent.cjs` and `controller.cjs`; and
 * `stack.cjs` for what of `homeport stack` asks no cluster, whose start counts, with V8's code of its program.
 */
import { execFileSync } from 'node:child_process'
import { rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const folder = resolve(process.argv[2] ?? join(root, 'dist'))
/** Built beside it and moved in place, so that no program that starts meanwhile finds half of it. */
const fresh = `${folder}.new`

const common: BuildOptions = {
  absWorkingDir: root,
  outdir: fresh,
  bundle: true,
  platform: 'node',
  target: 'node24',
  sourcemap: 'external',
  legalComments: 'none',
  logLevel: 'warning',
}

/** What the bundled packages of the CommonJS kind expect to find. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

await Promise.all([
  build({
    ...common,
    entryPoints: { homeport: 'src/cli/start.ts' },
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: REQUIRE },
  }),
  build({
    ...common,
    entryPoints: {
      agent: 'src/agent/start.ts',
      edge: 'src/cli/start-edge.ts',
      controller: 'src/cli/start-controller.ts',
      stack: 'src/cli/start-stack-cached.ts',
      'stack-program': 'src/cli/start-stack.ts',
    },
    outExtension: { '.js': '.cjs' },
    // To import node:tls as a module reads every export of it, the list of authorities among them: 9 MB.
    format: 'cjs',
    minify: true,
  }),
])
const warmUp = ['scripts/warm-up/main.ts', join(fresh, 'stack-program.cjs')]
// Nothing that the machine happens to set is in what is built.
execFileSync(process.execPath, warmUp, {
  cwd: root,
  env: {},
  stdio: ['ignore', 'ignore', 'pipe'],
  encoding: 'utf8',
})
await rm(folder, { recursive: true, force: true })
await rename(fresh, folder)
