/**
 * `npm run e2e`: the tests on whole clusters, which take turns on two of them and mostly wait, and beside them the long ones on
 * an API server. What the latter print comes when the former are over, and last how many there were in both.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lackingForKubernetes } from '../src/testing/kubernetes/programs.ts'

const vitest = new URL('../node_modules/vitest/vitest.mjs', import.meta.url).pathname
const env = { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) }

/** What the project's tests print, and how they end; `onText` is told of it as it comes. */
async function run(project: string, onText: (text: string) => void = () => {}) {
  const args = [vitest, 'run', '--config', 'vitest.e2e.config.ts', '--project', project]
  const child = spawn(process.execPath, args, { env, stdio: ['inherit', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      onText(text)
    })
  }
  const [code] = await once(child, 'close')
  return { printed, code }
}

/** Of the line that test/setup/plain-summary.ts ends the output with. */
function count(texts: readonly string[], what: string): number {
  const found = texts.map((text) => /^\d+ passed.*$/m.exec(text)?.[0] ?? '')
  return found.reduce((sum, line) => sum + Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0), 0)
}

// Before the tests: while one of the two builds them, minutes, the other's would wait for longer than tests may.
const lacking = await lackingForKubernetes('cluster', ['traefik'])
if (lacking) {
  console.error(`npm run e2e: ${lacking}`)
  process.exit(1)
}
const beside = run('kubernetes')
const first = await run('e2e', (text) => process.stdout.write(text))
const second = await beside
process.stdout.write(second.printed)
const texts = [first.printed, second.printed]
const good = first.code === 0 && second.code === 0
// What did not come to its end has counted nothing.
const failed = Math.max(count(texts, 'failed'), good ? 0 : 1)
const skipped = count(texts, 'skipped')
console.log(`${count(texts, 'passed')} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
process.exitCode = good ? 0 : 1
