/**
 * Bundles the programs into dist/: `homeport.js` with the edge in chunks that only `homeport edge` loads, and `agent.cjs`
 * alone.
 */
import { rm } from 'node:fs/promises'
import { type BuildOptions, build } from 'esbuild'

const root = new URL('..', import.meta.url).pathname

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  sourcemap: 'external',
  legalComments: 'none',
  logLevel: 'warning',
}

/** What the bundled packages of the CommonJS kind expect to find. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

await rm(`${root}/dist`, { recursive: true, force: true })
await Promise.all([
  build({
    ...common,
    entryPoints: { homeport: 'src/cli/start.ts' },
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: REQUIRE },
  }),
  build({
    ...common,
    entryPoints: { agent: 'src/agent/start.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    // To import node:tls as a module reads every export of it, the list of authorities among them: 9 MB.
    format: 'cjs',
    minify: true,
  }),
])
