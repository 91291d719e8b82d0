import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { wordTable } from '../../src/cli/completion.ts'
import { processContext } from '../../src/cli/process-context.ts'
import { homeportProgram } from '../../src/cli/program.ts'
import { EXIT } from '../../src/wire/exit-code.ts'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
const codesIn = (doc: string) => [...doc.matchAll(/^\| (\d) \|/gm)].map(([, code]) => Number(code))

describe('docs/cli.md', () => {
  it('has every command, and no other', () => {
    const paths = wordTable(homeportProgram(processContext()))
      .map(([path]) => path)
      .filter((path) => !['homeport', 'homeport stack', 'homeport token'].includes(path))
    const documented = [...read('cli.md').matchAll(/^\| `(homeport [a-z ]+?)(?: [[<].*)?` \|/gm)].map(
      ([, path]) => path,
    )
    expect(documented.sort()).toEqual(paths.sort())
  })

  it('has every exit code', () => {
    expect(codesIn(read('cli.md'))).toEqual(Object.values(EXIT))
  })
})

describe('docs/agent.md', () => {
  it('has every exit code', () => {
    expect(codesIn(read('agent.md'))).toEqual(Object.values(EXIT))
  })
})
