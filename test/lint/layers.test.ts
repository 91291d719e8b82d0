import { execFile } from 'node:child_process'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack, type Defer } from '../../src/testing/cleanup.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'

/**
 * The layers hold because the linter and the compiler hold them. Overrides in biome.json shadow one another easily, so each
 * rule is seen to fire.
 */
const root = new URL('../..', import.meta.url).pathname
const bin = join(root, 'node_modules/.bin')

const IMPORTS = 'lint/style/noRestrictedImports'
const GLOBALS = 'lint/style/noRestrictedGlobals'

/** What may not be written where, and the rule that says so. */
const refused: readonly (readonly [file: string, rule: string, code: string])[] = [
  ['src/core/a.ts', IMPORTS, "import 'node:fs'"],
  ['src/core/b.ts', 'lint/style/useNodejsImportProtocol', "import 'fs'"],
  ['src/core/c.ts', IMPORTS, "export const a = await import('node:fs')"],
  ['src/core/d.ts', IMPORTS, "import 'fastify'"],
  ['src/core/e.ts', IMPORTS, "import '../edge/a.ts'"],
  ['src/core/plan/f.ts', IMPORTS, "import '../../edge/a.ts'"],
  ['src/core/plan/g.ts', IMPORTS, "export type { A } from '../../agent/a.ts'"],
  ['src/core/h.ts', IMPORTS, "import '../cli/a.ts'"],
  ['src/core/i.ts', IMPORTS, "import '../testing/a.ts'"],
  ['src/core/j.ts', GLOBALS, 'export const a = Date.now()'],
  ['src/core/k.ts', GLOBALS, 'export const a = new Date()'],
  ['src/core/l.ts', GLOBALS, 'export const a = globalThis.Date.now()'],
  ['src/core/m.ts', GLOBALS, 'export const a = performance.now()'],
  ['src/core/n.ts', GLOBALS, 'export const a = process.env'],
  ['src/core/o.ts', GLOBALS, 'setTimeout(() => {}, 1)'],
  ['src/core/p.ts', GLOBALS, 'setInterval(() => {}, 1)'],
  ['src/core/q.ts', GLOBALS, 'export const a = crypto.randomUUID()'],
  ['src/core/r.ts', GLOBALS, "console.log('a')"],
  ['src/core/s.ts', 'plugin', 'export const a = Math.random()'],
  ['src/wire/a.ts', IMPORTS, "import 'node:fs'"],
  ['src/wire/b.ts', IMPORTS, "import '../core/a.ts'"],
  ['src/wire/c.ts', IMPORTS, "import '../edge/store/a.ts'"],
  ['src/wire/d.ts', GLOBALS, 'export const a = Date.now()'],
  ['src/wire/e.ts', 'plugin', 'export const a = Math.random()'],
  ['src/edge/a.ts', IMPORTS, "import '../agent/a.ts'"],
  ['src/edge/store/b.ts', IMPORTS, "import '../../cli/a.ts'"],
  ['src/edge/c.ts', IMPORTS, "export const a = await import('../agent/main.ts')"],
  ['src/edge/d.ts', IMPORTS, "import '../testing/a.ts'"],
  ['src/core/t.ts', IMPORTS, "import '../phone-line/a.ts'"],
  ['src/edge/e.ts', IMPORTS, "import '../phone-line/a.ts'"],
  ['src/phone-line/a.ts', IMPORTS, "import '../edge/a.ts'"],
  ['src/phone-line/b.ts', IMPORTS, "import '../agent/a.ts'"],
  ['src/phone-line/c.ts', IMPORTS, "import '../cli/a.ts'"],
  ['src/phone-line/d.ts', IMPORTS, "import '../testing/a.ts'"],
  ['src/settings/a.ts', IMPORTS, "import '../edge/a.ts'"],
  ['src/core/u.ts', IMPORTS, "import '../kubernetes/a.ts'"],
  ['src/edge/f.ts', IMPORTS, "import '../kubernetes/a.ts'"],
  ['src/edge/g.ts', IMPORTS, "import '../controller/a.ts'"],
  ['src/phone-line/e.ts', IMPORTS, "import '../kubernetes/a.ts'"],
  ['src/kubernetes/a.ts', IMPORTS, "import '../phone-line/a.ts'"],
  ['src/http/a.ts', IMPORTS, "import '../kubernetes/a.ts'"],
  ['src/http/b.ts', IMPORTS, "import '../wire/a.ts'"],
  ['src/kubernetes/g.ts', IMPORTS, "import '../settings/a.ts'"],
  ['src/kubernetes/h.ts', IMPORTS, "import '@kubernetes/client-node'"],
  ['src/kubernetes/i.ts', IMPORTS, "import '@kubernetes/client-node/dist/watch.js'"],
  ['src/controller/e.ts', IMPORTS, "import '@kubernetes/client-node/dist/config.js'"],
  ['src/settings/b.ts', IMPORTS, "import '../kubernetes/a.ts'"],
  ['src/kubernetes/b.ts', IMPORTS, "import '../controller/a.ts'"],
  ['src/kubernetes/c.ts', IMPORTS, "import '../edge/a.ts'"],
  ['src/kubernetes/d.ts', IMPORTS, "import '../agent/a.ts'"],
  ['src/kubernetes/e.ts', IMPORTS, "import '../cli/a.ts'"],
  ['src/kubernetes/f.ts', IMPORTS, "import '../testing/a.ts'"],
  ['src/controller/a.ts', IMPORTS, "import '../edge/a.ts'"],
  ['src/controller/b.ts', IMPORTS, "import '../agent/a.ts'"],
  ['src/controller/c.ts', IMPORTS, "import '../cli/a.ts'"],
  ['src/controller/d.ts', IMPORTS, "import '../testing/a.ts'"],
  ['src/agent/d.ts', IMPORTS, "import '../kubernetes/a.ts'"],
  ['src/agent/e.ts', IMPORTS, "import '../controller/a.ts'"],
  ['src/cli/d.ts', IMPORTS, "import '../controller/a.ts'"],
  ['src/stack/a.ts', IMPORTS, "import '../cli/a.ts'"],
  ['src/stack/b.ts', IMPORTS, "import '../controller/a.ts'"],
  ['src/stack/c.ts', IMPORTS, "import '../phone-line/a.ts'"],
  ['src/stack/d.ts', IMPORTS, "import '../testing/a.ts'"],
  ['src/stack/e.ts', IMPORTS, "import '@kubernetes/client-node/dist/config.js'"],
  ['src/edge/h.ts', IMPORTS, "import '../stack/a.ts'"],
  ['src/agent/f.ts', IMPORTS, "import '../stack/a.ts'"],
  ['src/controller/f.ts', IMPORTS, "import '../stack/a.ts'"],
  ['src/kubernetes/j.ts', IMPORTS, "import '../stack/a.ts'"],
  ['src/phone-line/f.ts', IMPORTS, "import '../stack/a.ts'"],
  ['src/settings/c.ts', IMPORTS, "import '../stack/a.ts'"],
  ['src/core/v.ts', IMPORTS, "import '../settings/a.ts'"],
  ['src/core/w.ts', IMPORTS, "import '../controller/a.ts'"],
  ['src/core/plan/x.ts', IMPORTS, "import '../../stack/a.ts'"],
  ['src/phone-line/g.ts', IMPORTS, "import '../settings/a.ts'"],
  ['src/agent/g.ts', IMPORTS, "import '../settings/a.ts'"],
  ['src/agent/a.ts', IMPORTS, "import '../edge/a.ts'"],
  ['src/agent/b.ts', IMPORTS, "import '../cli/a.ts'"],
  ['src/agent/c.ts', IMPORTS, "import '../testing/a.ts'"],
  ['src/cli/a.ts', IMPORTS, "import '../edge/a.ts'"],
  ['src/cli/b.ts', IMPORTS, "import '../agent/a.ts'"],
  ['src/cli/c.ts', IMPORTS, "import '../testing/a.ts'"],
  ['src/edge/any.ts', 'lint/suspicious/noExplicitAny', 'export const a = (b: any): unknown => b'],
  ['src/edge/bang.ts', 'lint/style/noNonNullAssertion', "export const a = ['a'][0]!"],
]

const allowed: readonly (readonly [file: string, code: string])[] = [
  ['src/core/ok.ts', "import '../wire/a.ts'\nimport './plan/a.ts'\nimport 'ipaddr.js'"],
  ['src/core/ok.test.ts', "import 'node:fs'\nexport const a = Date.now()"],
  ['src/wire/ok.ts', "import './a.ts'\nimport 'typebox'"],
  ['src/edge/ok.ts', "import 'node:fs'\nimport '../core/a.ts'\nimport '../wire/a.ts'\nimport './store/a.ts'"],
  ['src/agent/ok.ts', "import 'node:http'\nimport '../phone-line/a.ts'\nimport '../core/a.ts'"],
  ['src/core/kubernetes/ok.ts', "import '../plan/a.ts'\nimport './a.ts'"],
  ['src/core/plan/ok.ts', "import '../../core/kubernetes/a.ts'\nimport '../../core/stack/a.ts'"],
  ['src/http/ok.ts', "import 'node:http'\nimport './a.ts'"],
  ['src/kubernetes/ok.ts', "import 'node:https'\nimport '../core/a.ts'\nimport '../wire/a.ts'"],
  [
    'src/controller/ok.ts',
    "import '../kubernetes/a.ts'\nimport '../core/kubernetes/a.ts'\nimport '../phone-line/a.ts'",
  ],
  ['src/kubernetes/config.ts', "import '@kubernetes/client-node/dist/config.js'"],
  ['src/cli/started.ts', "export const a = await import('../controller/main.ts')"],
  ['src/cli/stack.ts', "import '../kubernetes/a.ts'"],
  ['src/stack/ok.ts', "import '../kubernetes/a.ts'\nimport '../core/stack/a.ts'\nimport '../wire/a.ts'"],
  ['src/controller/stack.ts', "import '../core/stack/a.ts'"],
  ['src/cli/deploy.ts', "export const a = await import('../stack/main.ts')"],
  ['src/cli/ok.ts', "export const a = await import('../edge/main.ts')"],
]

describe('biome.json', () => {
  let found: ReadonlyMap<string, readonly string[]>
  const stack = new CleanupStack()

  beforeAll(async () => {
    const folder = await temporaryFolder(stack.defer)
    for (const name of ['biome.json', '.gitignore', 'scripts/lint']) {
      await cp(join(root, name), join(folder, name), { recursive: true })
    }
    for (const [file, , code] of refused) await write(folder, file, code)
    for (const [file, code] of allowed) await write(folder, file, code)
    found = await lint(folder)
    return () => stack.release()
  })

  it.each(refused)('%s: %s refuses %s', (file, rule) => {
    expect(found.get(file)).toEqual([rule])
  })

  it.each(allowed)('%s may hold %j', (file) => {
    expect(found.get(file)).toBeUndefined()
  })
})

describe("the core's tsconfig", () => {
  it.each([
    "import { readFileSync } from 'node:fs'\nexport const a = readFileSync",
    'export const a = process.pid',
    'export const a = Buffer.alloc(1)',
    'setImmediate(() => {})',
    "export const a = fetch('http://127.0.0.1')",
    'export const a = document.title',
  ])('refuses %j', async (code) => {
    expect(await compile(onTestFinished, code)).toMatch(/a\.ts.*error TS(2307|2304|2580|2584|2591)/)
  })

  it('takes what is pure', async () => {
    expect(await compile(onTestFinished, 'export const a = (b: number): number => Math.max(b, 1)')).toBe('')
  })
})

async function write(folder: string, file: string, code: string): Promise<void> {
  await mkdir(join(folder, dirname(file)), { recursive: true })
  await writeFile(join(folder, file), `${code}\n`)
}

/** The rules that each file breaks. */
async function lint(folder: string): Promise<Map<string, string[]>> {
  const text = await output('biome', ['lint', '--reporter=json', '--max-diagnostics=none', '.'], folder)
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(text)
  const found = new Map<string, string[]>()
  for (const { category, location } of report.diagnostics) {
    found.set(location.path, [...(found.get(location.path) ?? []), category])
  }
  return found
}

/** What the compiler says to a file of the core. */
async function compile(defer: Defer, code: string): Promise<string> {
  const folder = await temporaryFolder(defer)
  // So that Node's types are there to be found, were they not shut out.
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const config = { extends: join(root, 'src/core/tsconfig.json'), include: ['a.ts'], exclude: [] }
  await write(folder, 'tsconfig.json', JSON.stringify(config))
  await write(folder, 'package.json', '{ "type": "module" }')
  await write(folder, 'a.ts', code)
  return await output('tsc', ['-p', '.'], folder)
}

/** What a tool prints, whether it finds faults or not. */
function output(tool: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(join(bin, tool), args, { cwd }, (_fault, stdout) => resolve(stdout))
  })
}
