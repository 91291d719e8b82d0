import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import type { ConfigFault, Entry, Source } from './source.ts'

/** Settings from a YAML file: nested maps, whose leaves are scalars or lists of scalars. */
export function yamlSource(
  text: string,
  file: string,
  known: ReadonlySet<string>,
): { source: Source; faults: ConfigFault[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const faults: ConfigFault[] = []
  const entries = new Map<string, Entry>()
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  for (const { pos, message } of document.errors) faults.push({ where: at(pos[0]), message })

  const walk = (node: Node | null, path: string) => {
    const where = at(node?.range?.[0] ?? 0)
    if (known.has(path)) {
      const texts = textsOf(node)
      if (texts) entries.set(path, { texts, where })
      else faults.push({ where, message: `${path}: must be a value or a list of values` })
    } else if (isMap<Node, Node | null>(node)) {
      for (const pair of node.items) walk(pair.value, joined(path, pair))
    } else if (node !== null && !(path === '' && isScalar(node) && node.value === null)) {
      faults.push({ where, message: unknownKey(path, known) })
    }
  }
  if (document.errors.length === 0) walk(document.contents, '')
  return { source: { entry: (key) => entries.get(key) }, faults }
}

function joined(path: string, pair: Pair<Node, Node | null>): string {
  const key = isScalar(pair.key) ? String(pair.key.value) : '?'
  return path === '' ? key : `${path}.${key}`
}

/** As they are written (`source`), so that no number or date is read another way than a flag would be. */
function textsOf(node: Node | null): string[] | undefined {
  if (isScalar(node)) return node.value === null ? [] : [node.source ?? String(node.value)]
  if (!isSeq<Node>(node)) return undefined
  const texts = node.items.map((item) =>
    isScalar(item) && !isAlias(item) ? (item.source ?? String(item.value)) : undefined,
  )
  return texts.every((text) => text !== undefined) ? texts : undefined
}

function unknownKey(path: string, known: ReadonlySet<string>): string {
  const last = path.split('.').at(-1) ?? path
  const like = [...known].filter((key) => key.toLowerCase().endsWith(last.toLowerCase()))
  const hint = like.length > 0 ? ` (did you mean ${like.join(' or ')}?)` : ''
  return path === '' ? 'must be a map of settings' : `${path}: there is no such setting${hint}`
}
