import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

/** From the root: `src/edge/journal.ts`, wherever it stands in the text, and what a link leads to. */
const FROM_ROOT =
  /(?<![\w/.-])(?:bench|bin|deploy|docs|scripts|src|test)\/[\w./-]*\w|(?<=\]\()[\w./-]+(?=[)#])/g

/** In backticks, by its last part or parts: `journal.ts`, `plan/change.ts`. Those of an example are called x. */
const BY_NAME = /`(?!x\.)([\w/.-]+\.(?:ts|json|sh|yaml|md))`/g

const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
const files = stdout.split('\n')

it.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])('every path in %s exists', (name) => {
  // A path with a wildcard is a pattern, not a place.
  const text = readFileSync(name, 'utf8').replace(/`[^`\n]*\*[^`\n]*`/g, '')
  const fromRoot = [...text.matchAll(FROM_ROOT)].map(([path]) => path)
  const byName = [...text.matchAll(BY_NAME)].map(([, path = '']) => path)
  expect(fromRoot.length).toBeGreaterThan(3)
  expect(fromRoot.filter((path) => !existsSync(path))).toEqual([])
  expect(byName.filter((path) => !files.some((file) => `/${file}`.endsWith(`/${path}`)))).toEqual([])
})

/** A link to a place of the project, and to a heading there. */
const LINK = /\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g

it.each(files.filter((name) => name.endsWith('.md')))('every link of %s leads somewhere', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(LINK)]
  const isDead = ([, path = '', heading]: RegExpExecArray) => {
    const to = path === '' ? page : join(dirname(page), path)
    return !existsSync(to) || (heading !== undefined && !anchorsOf(to).includes(heading))
  }
  expect(links.filter(isDead).map(([link]) => link)).toEqual([])
})

/** What GitHub makes of the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
