/**
 * Writes what is made from the code: parts of the docs, between `<!-- name ... -->` and `<!-- /name -->`, and the OpenAPI
 * file. With `--check`, only says what is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { agentSettingsTable } from '../src/agent/setting-docs.ts'
import { controllerSheet } from '../src/controller/controller-sheet.ts'
import { edgeSheet } from '../src/edge/config/edge-sheet.ts'
import { settingsTable } from '../src/settings/settings-table.ts'
import { describeApi } from './describe-api.ts'
import { errorsList } from './errors-list.ts'
import { controllerMetricsTable, metricsTable } from './metrics-table.ts'
import { composeKeysTable, hostPathsTable, stackKeysTable } from './stack-tables.ts'

/** `text` put between the marks of a part. */
function withPart(before: string, name: string, text: string): string {
  const form = new RegExp(`(<!-- ${name}\\b[^\\n]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!form.test(before)) throw new Error(`there is no part ${name}`)
  return before.replace(form, (_, open: string, close: string) => `${open}\n${text}\n\n${close}`)
}

const openapi = await describeApi()
const metrics = await metricsTable()
const controllerMetrics = await controllerMetricsTable()

const MADE: Readonly<Record<string, (before: string) => string>> = {
  'docs/agent.md': (before) => withPart(before, 'settings', agentSettingsTable()),
  'docs/configuration.md': (before) => withPart(before, 'settings', settingsTable(edgeSheet())),
  'docs/load-balancer.md': (before) => withPart(before, 'settings', settingsTable(controllerSheet())),
  'docs/errors.md': (before) => withPart(before, 'errors', errorsList()),
  'docs/metrics.md': (before) => withPart(withPart(before, 'edge', metrics), 'controller', controllerMetrics),
  'docs/stacks.md': (before) =>
    [
      ['keys', stackKeysTable()] as const,
      ['host paths', hostPathsTable()] as const,
      ['compose keys', composeKeysTable()] as const,
    ].reduce((text, [name, table]) => withPart(text, name, table), before),
  'src/wire/openapi.json': () => `${JSON.stringify(openapi, undefined, 2)}\n`,
}

const check = process.argv.includes('--check')
for (const [file, make] of Object.entries(MADE)) {
  const url = new URL(`../${file}`, import.meta.url)
  const before = readFileSync(url, 'utf8')
  const after = make(before)
  if (after === before) continue
  if (check) {
    console.error(`${file} is out of date: run node scripts/write-docs.ts`)
    process.exitCode = 1
  } else {
    writeFileSync(url, after)
    console.log(`wrote ${file}`)
  }
}
