/**
 * Writes the parts of the docs that are made from the code, between `<!-- name ... -->` and `<!-- /name -->`. With
 * `--check`, only says which are out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { settingsTable } from '../src/edge/config/settings-table.ts'

interface Part {
  readonly file: string
  readonly name: string
  readonly text: string
}

const PARTS: readonly Part[] = [{ file: 'docs/configuration.md', name: 'settings', text: settingsTable() }]

const check = process.argv.includes('--check')
for (const { file, name, text } of PARTS) {
  const url = new URL(`../${file}`, import.meta.url)
  const before = readFileSync(url, 'utf8')
  const form = new RegExp(`(<!-- ${name}\\b[^\\n]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!form.test(before)) throw new Error(`${file} has no part ${name}`)
  const after = before.replace(form, (_, open: string, close: string) => `${open}\n${text}\n\n${close}`)
  if (after === before) continue
  if (check) {
    console.error(`${file} is out of date: run node scripts/write-docs.ts`)
    process.exitCode = 1
  } else {
    writeFileSync(url, after)
    console.log(`wrote ${file}`)
  }
}
