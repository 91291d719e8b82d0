import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { printStack } from '../../src/core/stack/print/print-stack.ts'
import { problemLine, readTexts } from '../../src/testing/stack.ts'

const FOLDER = join(import.meta.dirname, 'stack')
const cases = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

/** Between the input and what comes of it. */
const LINE = '\n----\n'

/** What the stack becomes: every problem, and the canonical form where there is one. */
function outcome(input: string): string {
  const { texts, files, variables } = partsOf(input)
  const { stack, problems } = readTexts(texts, { files, variables })
  const remedies = problems.map((problem) => `# ${problemLine(problem)}\n#   ${problem.remedy}\n`)
  return `${remedies.join('')}${stack ? printStack(stack) : ''}`
}

/** After a line `-- NAME` comes another file, which is merged where NAME is *.yml; `-- variables` are NAME=VALUE. */
function partsOf(input: string) {
  const [first = '', ...others] = input.split(/^-- /m)
  const texts = [first]
  const files: Record<string, string> = {}
  const variables: Record<string, string> = {}
  for (const other of others) {
    const at = other.indexOf('\n')
    const name = other.slice(0, at)
    const content = other.slice(at + 1)
    if (name.endsWith('.yml')) texts.push(content)
    else if (name !== 'variables') files[name] = content
    else
      for (const line of content.trim().split('\n'))
        variables[line.split('=')[0] ?? ''] = line.replace(/^[^=]*=/, '')
  }
  return { texts, files, variables }
}

it('has cases', () => {
  expect(cases.length).toBeGreaterThan(15)
})

it.each(cases)('%s', (name) => {
  const [input = '', expected = ''] = readFileSync(join(FOLDER, name), 'utf8').split(LINE)
  expect(outcome(`${input}\n`)).toBe(expected)
})
