/**
 * Writes what V8 makes of a bundle of `homeport stack`, beside it: `main.ts BUNDLE`. The commands run on a stack with what most
 * have, so that the functions which they come through are in it, not only those of the first line. V8 takes the code only
 * with the flags that it was made with; those on memory, which bin/homeport sets, it does not count.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { keepCode, programOf, scriptOf } from '../../src/cli/code-cache.ts'

const bundle = process.argv[2] ?? ''
const file = join(import.meta.dirname, 'stack.yml')
const script = scriptOf(bundle)
const program = programOf(script)
const require = createRequire(bundle)
const commands = [
  ['check', '-c', file, 'shop'],
  ['config', '-c', file],
  ['render', '-c', file, 'shop'],
]

// Each command ends by itself, when there is nothing left to do.
process.on('beforeExit', () => {
  const command = commands.shift()
  if (!command || process.exitCode) return
  process.argv = [process.execPath, bundle, 'stack', ...command]
  program(require, { exports: {} })
})
process.on('exit', () => {
  if (!process.exitCode) keepCode(bundle, script)
})
