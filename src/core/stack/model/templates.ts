import type { Path } from '../place.ts'
import type { StackContext } from './context.ts'

export type Piece = { readonly literal: string } | { readonly variable: string }

export interface Filled {
  /** As Kubernetes reads it: with `$(NAME)` for the variables of `fields`, and all else escaped. */
  readonly text: string
  /** The text itself, where it has no such variables. */
  readonly plain: string
  /** What it is made of: texts, and the variables of `fields`. */
  readonly pieces: readonly Piece[]
  /** The variables that it needs, and the fields of the pod that they take. */
  readonly fields: ReadonlyMap<string, string>
}

/** What the downward API has for what Swarm fills in. A node is known to its pods by its name alone. */
const FIELDS: Readonly<Record<string, readonly [variable: string, field: string]>> = {
  'Node.ID': ['HOMEPORT_NODE', 'spec.nodeName'],
  'Node.Hostname': ['HOMEPORT_NODE', 'spec.nodeName'],
  'Task.ID': ['HOMEPORT_POD_UID', 'metadata.uid'],
  'Task.Name': ['HOMEPORT_POD', 'metadata.name'],
}

/** Fills in Swarm's templates, `{{.Node.Hostname}}` and kin. Text without any is left as it is. */
export function fillTemplates(text: string, serviceKey: string, context: StackContext, path: Path): Filled {
  const fields = new Map<string, string>()
  let filled = ''
  let plain = ''
  const pieces: Piece[] = []
  // Compose has none.
  const isCompose = context.stack.compose !== undefined
  for (const piece of isCompose ? [text] : text.split(/(\{\{[^{}]*\}\})/)) {
    const [, name] = /^\{\{\s*\.([\w.]+)\s*\}\}$/.exec(piece) ?? []
    const field = name === undefined || !Object.hasOwn(FIELDS, name) ? undefined : FIELDS[name]
    if (field) {
      fields.set(...field)
      filled += `$(${field[0]})`
      pieces.push({ variable: field[0] })
      continue
    }
    const isTemplate = !isCompose && piece.startsWith('{{')
    const known = isTemplate ? name && serviceField(name, serviceKey, context) : piece
    if (known === undefined)
      context.findings.refuse(
        path,
        `Kubernetes has nothing like ${piece}`,
        'Write .Node.Hostname, .Task.Name, .Task.ID or .Service.Name.',
      )
    // Each `$` twice: a lone one would change the reference that may follow.
    filled += (known ?? '').replaceAll('$', '$$$$')
    plain += known ?? ''
    if (known) pieces.push({ literal: known })
  }
  return { text: filled, plain, pieces, fields }
}

function serviceField(name: string, key: string, { stackName }: StackContext): string | undefined {
  return name === 'Service.Name' || name === 'Service.ID' ? `${stackName}_${key}` : undefined
}
