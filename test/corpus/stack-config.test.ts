import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { printStack } from '../../src/core/stack/print/print-stack.ts'
import { readStack } from '../../src/core/stack/read-stack.ts'
import type { StackFiles } from '../../src/core/stack/stack-files.ts'

/** Published stack files with what `docker stack config` makes of them; not part of this project. */
const CORPUS = process.env['HOMEPORT_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus')
const ORACLE = join(CORPUS, 'SWARM_ORACLE.tsv')
const there = existsSync(ORACLE)

/** Stands for the folder of a stack, which the corpus writes as `.`. */
const FOLDER = '/the-folder-of-the-stack'

function filesOf(folder: string): StackFiles {
  return {
    read(path) {
      const at = path.startsWith(`${FOLDER}/`)
        ? join(folder, path.slice(FOLDER.length))
        : join(folder, 'host', path)
      if (existsSync(at)) return { bytes: readFileSync(at) }
      return { refused: 'missing', detail: `open ${path}: no such file or directory`, remedy: '' }
    },
  }
}

/** The variables under which the corpus was made: its .env files, given as the environment. */
function variablesOf(folder: string): Map<string, string> {
  const variables = new Map([['HOME', '/root']])
  for (const name of ['.env', 'invented.env']) {
    if (!existsSync(join(folder, name))) continue
    for (const line of readFileSync(join(folder, name), 'utf8').split(/\r?\n/)) {
      const [, key, value] = /^\s*([A-Za-z_]\w*)=(.*)$/.exec(line) ?? []
      if (key !== undefined && value !== undefined) variables.set(key, value)
    }
  }
  return variables
}

function read(stack: string) {
  const folder = join(CORPUS, stack)
  return readStack({
    mode: 'swarm',
    texts: [{ name: 'stack.yml', bytes: readFileSync(join(folder, 'stack.yml')) }],
    folder: FOLDER,
    variables: variablesOf(folder),
    files: filesOf(folder),
  })
}

const rows = there ? readFileSync(ORACLE, 'utf8').trim().split('\n').slice(1) : []
const verdicts = rows
  .map((row) => row.split('\t'))
  .map(([stack = '', verdict, message = '']) => ({ stack, verdict, message }))
const accepted = verdicts.filter(({ verdict }) => verdict === 'ACCEPT')
const refused = verdicts.filter(({ verdict }) => verdict === 'REJECT')

describe.skipIf(!there)(`published stacks (skipped where ${CORPUS} is not there)`, () => {
  it('are there', () => {
    expect(accepted.length).toBeGreaterThan(0)
    expect(refused.length).toBeGreaterThan(0)
  })

  it.each(accepted)('$stack becomes what Docker makes of it', ({ stack }) => {
    const { stack: made, problems } = read(stack)
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
    const text = made && printStack(made).replaceAll(`${FOLDER}/`, './')
    expect(text).toBe(readFileSync(join(CORPUS, stack, 'docker-stack-config.yml'), 'utf8'))
  })

  it.each(refused)('$stack is refused for what Docker refuses it', ({ stack, message }) => {
    const { stack: made, problems } = read(stack)
    expect(made).toBeUndefined()
    const details = problems.filter(({ severity }) => severity === 'error').map(({ detail }) => detail)
    expect(details).toContainEqual(expect.stringContaining(message))
    // Each with a place and what to write instead.
    for (const problem of problems)
      expect(problem).toMatchObject({ place: { file: 'stack.yml' }, remedy: expect.stringMatching(/./) })
  })
})
