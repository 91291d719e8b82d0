import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { printStack } from '../core/stack/print/print-stack.ts'
import { readStack, type StackReading } from '../core/stack/read-stack.ts'
import type { StackFiles } from '../core/stack/stack-files.ts'

/** Published stack files with what `docker stack config` makes of them: beside the project, and none of it. */
export const PUBLISHED = process.env['HOMEPORT_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus')

/** Stands for the folder of a stack, which what Docker printed has as `.`. */
export const PUBLISHED_FOLDER = '/the-folder-of-the-stack'

export interface PublishedStack {
  readonly stack: string
  readonly verdict: string
  /** Why Docker refuses it. */
  readonly message: string
}

/** All of them, with Docker's verdict; none where they are not there. */
export function publishedStacks(): readonly PublishedStack[] {
  const verdicts = join(PUBLISHED, 'SWARM_ORACLE.tsv')
  if (!existsSync(verdicts)) return []
  const [, ...rows] = readFileSync(verdicts, 'utf8').trim().split('\n')
  return rows
    .map((row) => row.split('\t'))
    .map(([stack = '', verdict = '', message = '']) => ({ stack, verdict, message }))
}

/** Reads one as its author's own machine would: with its variables, and what its paths of the host lead to. */
export function readPublished(stack: string): StackReading {
  const folder = join(PUBLISHED, stack)
  return readStack({
    mode: 'swarm',
    texts: [{ name: 'stack.yml', bytes: readFileSync(join(folder, 'stack.yml')) }],
    folder: PUBLISHED_FOLDER,
    variables: variablesOf(folder),
    files: publishedFiles(stack),
  })
}

export function publishedFiles(stack: string): StackFiles {
  const folder = join(PUBLISHED, stack)
  return {
    read(path) {
      const at = path.startsWith(`${PUBLISHED_FOLDER}/`)
        ? join(folder, path.slice(PUBLISHED_FOLDER.length))
        : join(folder, 'host', path)
      return answer(at, path)
    },
  }
}

function answer(at: string, path: string): ReturnType<StackFiles['read']> {
  try {
    return { bytes: readFileSync(at) }
  } catch (error) {
    const isFolder = error instanceof Error && 'code' in error && error.code === 'EISDIR'
    return isFolder
      ? { refused: 'directory', detail: `read ${path}: is a directory`, remedy: 'Name a file.' }
      : { refused: 'missing', detail: `open ${path}: no such file or directory`, remedy: 'Put it there.' }
  }
}

/** The text of its canonical form, as `expectedText` has it. */
export function canonicalText({ stack }: StackReading): string | undefined {
  return stack && printStack(stack).replaceAll(`${PUBLISHED_FOLDER}/`, './')
}

/** What Docker printed. */
export function expectedText(stack: string): string {
  return readFileSync(join(PUBLISHED, stack, 'docker-stack-config.yml'), 'utf8')
}

/** Its .env files, given as the environment. */
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
