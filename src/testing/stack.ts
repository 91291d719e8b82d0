import type { ComposeChoices } from '../core/stack/compose/read-compose.ts'
import { readStack, type StackReading } from '../core/stack/read-stack.ts'
import type { StackFiles } from '../core/stack/stack-files.ts'

export interface GivenStack {
  /** Left out: they are read as Swarm reads them. */
  readonly compose?: ComposeChoices
  /** By path: relative ones are below the stack's folder, `/stack`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly variables?: Readonly<Record<string, string>>
}

/** Reads stack files from memory; they are called stack.yml, 2.yml, 3.yml... */
export function readTexts(texts: readonly (string | Uint8Array)[], given: GivenStack = {}): StackReading {
  return readStack({
    mode: given.compose ? 'compose' : 'swarm',
    compose: given.compose,
    texts: texts.map((text, index) => ({
      name: index === 0 ? 'stack.yml' : `${index + 1}.yml`,
      bytes: bytesOf(text),
    })),
    folder: '/stack',
    variables: new Map(Object.entries(given.variables ?? {})),
    files: filesInMemory(given.files ?? {}),
  })
}

/** One service `web`, of these lines. */
export function readWeb(lines: string, given?: GivenStack) {
  const text = `services:\n  web:\n${lines.trim().replace(/^/gm, '    ')}\n`
  const { stack, places, problems } = readTexts([text], given)
  return { web: stack?.services.get('web'), places, problems: problems.map(problemLine) }
}

export function problemLine({ place, severity, detail }: StackReading['problems'][number]): string {
  return `${place?.file}:${place?.line}:${place?.column}: ${severity}: ${detail}`
}

function filesInMemory(files: Readonly<Record<string, string | Uint8Array>>): StackFiles {
  const found = new Map(
    Object.entries(files).map(([name, content]) => [name.startsWith('/') ? name : `/stack/${name}`, content]),
  )
  return {
    read(path) {
      const content = found.get(path)
      if (content !== undefined) return { bytes: bytesOf(content) }
      return { refused: 'missing', detail: `open ${path}: no such file or directory`, remedy: '' }
    },
  }
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}
