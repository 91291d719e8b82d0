/**
 * `make bench`: measures, prints a table, and keeps it in bench/RESULTS.md. With names, only those measurements, and
 * nothing is kept: `node bench/main.ts renewals failover`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { CleanupStack } from '../src/testing/cleanup.ts'
import type { Figure } from './figure.ts'
import { MEASUREMENTS } from './measurements.ts'
import { buildRelease } from './programs.ts'
import { table } from './table.ts'

const names = process.argv.slice(2)
const unknown = names.filter((name) => !MEASUREMENTS.some((measurement) => measurement.name === name))
if (unknown.length > 0) {
  console.error(
    `no such measurement: ${unknown.join(', ')}. There are: ${MEASUREMENTS.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}

await buildRelease()
const figures: Figure[] = []
for (const { name, run } of MEASUREMENTS) {
  if (names.length > 0 && !names.includes(name)) continue
  const stack = new CleanupStack()
  process.stderr.write(`measuring ${name} ... `)
  const begin = performance.now()
  try {
    figures.push(...(await run(stack.defer)))
    process.stderr.write(`${((performance.now() - begin) / 1000).toFixed(0)} s\n`)
  } finally {
    await stack.release()
  }
}

console.log(table(figures))
if (names.length === 0) {
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`
  const day = new Date().toISOString().slice(0, 10)
  const text = `# Figures\n\nMade by \`make bench\` on ${day}: ${machine}. The machine is noisy: trust what stands side by side, less what stands alone.\n\n${table(figures)}\n`
  const file = new URL('RESULTS.md', import.meta.url)
  // What people wrote about the figures stays below them.
  const [, notes = ''] = existsSync(file) ? readFileSync(file, 'utf8').split('<!-- notes -->') : []
  writeFileSync(file, `${text}\n<!-- notes -->${notes}`)
}
if (figures.some(({ met }) => met === false)) process.exitCode = 1
