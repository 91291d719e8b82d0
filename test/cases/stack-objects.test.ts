import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LINE, outcome } from '../../src/testing/stack-case.ts'

const FOLDER = join(import.meta.dirname, 'stack-objects')
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

it('has cases', () => {
  expect(files.length).toBeGreaterThan(20)
})

it.each(files)('%s', (name) => {
  const [input = '', expected = ''] = readFileSync(join(FOLDER, name), 'utf8').split(LINE)
  expect(outcome(input)).toBe(expected)
})
