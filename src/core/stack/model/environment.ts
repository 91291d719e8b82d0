import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import { isSecret } from '../secrecy.ts'
import type { StackContext } from './context.ts'
import { escapeReferences } from './escape.ts'
import { textKind } from './name-place.ts'
import type { Variable } from './service-model.ts'
import { fillTemplates, type Piece } from './templates.ts'

/**
 * The variables of a service. Those of a service with an env_file go into a Secret, and so do those that look like one, by
 * their name or value; the rest is plain. A variable without a value is not set, as Docker does it.
 */
export function readEnvironment(
  service: CanonicalService,
  key: string,
  path: Path,
  context: StackContext,
): Variable[] {
  const { findings, names } = context
  const variables: Variable[] = []
  const fields = new Map<string, string>()
  for (const [name, written] of service.environment) {
    if (written === null) continue
    const at = [...path, 'environment', name]
    if (!/^[\x20-\x3c\x3e-\x7e]+$/.test(name) || written.includes('\0')) {
      findings.refuse(
        at,
        'Kubernetes takes no such variable',
        'Write its name in plain letters, and a value without NUL.',
      )
      continue
    }
    // `redis:7` there is no host with its port.
    const value = /image/i.test(name) ? written : names.rewrite(written, textKind(name), at, findings)
    const filled = fillTemplates(value, key, context, at)
    for (const [variable, field] of filled.fields) fields.set(variable, field)
    const isKept = service.env_file.length > 0 || isSecret(name, written)
    if (isKept && filled.fields.size > 0) variables.push(...composed(name, filled.pieces, variables.length))
    else if (filled.fields.size > 0) variables.push({ name, kind: 'plain', value: filled.text })
    else if (isKept)
      variables.push({ name, kind: 'secret', key: secretKey(name, variables.length), value: filled.plain })
    else variables.push({ name, kind: 'plain', value: escapeReferences(filled.plain) })
  }
  // What others refer to has to stand before them.
  const first = [...fields].map(([name, field]): Variable => ({ name, kind: 'field', field }))
  return [...first, ...variables]
}

/** Of a secret with templates in it the texts are in the Secret, each a variable of its own, and it is put together of them. */
function composed(name: string, pieces: readonly Piece[], index: number): Variable[] {
  const parts = pieces.map((piece, part) =>
    'variable' in piece
      ? { name: piece.variable, text: undefined }
      : { name: `HOMEPORT_PART_${index}_${part}`, text: piece.literal },
  )
  return [
    ...parts.flatMap((part): Variable[] =>
      part.text === undefined ? [] : [{ name: part.name, kind: 'secret', key: part.name, value: part.text }],
    ),
    { name, kind: 'plain', value: parts.map((part) => `$(${part.name})`).join('') },
  ]
}

/** The key of a variable in the Secret: its name, where that can be one. */
function secretKey(name: string, index: number): string {
  return /^[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,252}$/.test(name) ? name : `variable-${index}`
}
