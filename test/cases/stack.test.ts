import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { printStack } from '../../src/core/stack/print/print-stack.ts'
import { problemLine, readTexts } from '../../src/testing/stack.ts'

const FOLDER = join(import.meta.dirname, 'stack')
const cases = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

/** Between the input and what comes of it. */
const LINE = '\n----\n'

/**
 * What the stack becomes: every problem, and the canonical form where there is one. Cases that are called compose-* are read
 * as Compose reads them.
 */
function outcome(name: string, input: string): string {
  const { texts, files, variables, profiles } = partsOf(input)
  const compose = name.startsWith('compose-') ? { profiles } : undefined
  const { stack, text, problems } = readTexts(texts, { files, variables, ...(compose && { compose }) })
  const remedies = problems.map((problem) => `# ${problemLine(problem)}\n#   ${problem.remedy}\n`)
  return `${remedies.join('')}${stack ? (text ?? printStack(stack)) : ''}`
}

/**
 * After a line `-- NAME` comes another file, which is merged where NAME is *.yml, and only there to be named with `-- file
 * NAME`; `-- variables` are NAME=VALUE, `-- profiles` a line each.
 */
function partsOf(input: string) {
  const [first = '', ...others] = input.split(/^-- /m)
  const texts = [first]
  const files: Record<string, string> = {}
  const variables: Record<string, string> = {}
  const profiles: string[] = []
  for (const other of others) {
    const at = other.indexOf('\n')
    const name = other.slice(0, at)
    const content = other.slice(at + 1)
    if (name.startsWith('file ')) files[name.slice('file '.length)] = content
    else if (name.endsWith('.yml')) texts.push(content)
    else if (name === 'profiles') profiles.push(...content.trim().split('\n'))
    else if (name !== 'variables') files[name] = content
    else
      for (const line of content.trim().split('\n'))
        variables[line.split('=')[0] ?? ''] = line.replace(/^[^=]*=/, '')
  }
  return { texts, files, variables, profiles }
}

it('has cases', () => {
  expect(cases.length).toBeGreaterThan(15)
})

it.each(cases)('%s', (name) => {
  const [input = '', expected = ''] = readFileSync(join(FOLDER, name), 'utf8').split(LINE)
  expect(outcome(name, `${input}\n`)).toBe(expected)
})
