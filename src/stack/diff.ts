import { type Fields, fieldsOf } from '../core/kubernetes/fields.ts'
import { ours } from '../core/stack/deploy/compare.ts'
import type { LiveObject } from '../core/stack/deploy/live-object.ts'
import { maskedChange } from '../core/stack/deploy/mask-change.ts'
import { unifiedDiff } from '../core/stack/deploy/unified-diff.ts'
import { yamlText } from '../core/stack/objects/yaml-text.ts'
import type { Plan, Step } from './plan.ts'

/** What deploying would change of an object. */
export interface Difference {
  readonly kind: string
  readonly name: string
  readonly change: 'create' | 'change' | 'recreate' | 'remove'
  /** Lines as of `diff -u`, secrets masked. */
  readonly lines: readonly string[]
}

/** @param removing what would be deleted */
export function differences(
  { steps, surplus, hasNamespace }: Plan,
  removing: readonly LiveObject[],
): Difference[] {
  return [
    ...steps.flatMap((step) => stepDifference(step, hasNamespace)),
    ...[...surplus.replaced, ...removing].map((object) => ({
      kind: object.kind,
      name: object.name,
      change: 'remove' as const,
      lines: linesOf(object.kind, ours(object.raw), undefined),
    })),
  ]
}

function stepDifference({ object, action, before, after }: Step, isAsked: boolean): Difference[] {
  if (action === 'keep') return []
  const wanted = isAsked && action !== 'recreate' ? ours(after) : after
  const lines = linesOf(object.kind, before && ours(before.raw), wanted)
  return [{ kind: object.kind, name: object.metadata.name, change: action, lines }]
}

function linesOf(kind: string, before: Fields | undefined, after: Fields | undefined): string[] {
  const [old, fresh] = kind === 'Secret' ? maskedChange(before, after) : [before, after]
  return unifiedDiff(textLines(old), textLines(fresh))
}

function textLines(object: Fields | undefined): string[] {
  if (object === undefined) return []
  return yamlText([fieldsOf(sorted(object))])
    .replace(/^---\n/, '')
    .trimEnd()
    .split('\n')
}

/** What says what a thing is comes first. */
const FIRST = ['apiVersion', 'kind', 'metadata', 'name']

/** The fields in one order, whoever wrote them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]): [string, unknown] => [key, sorted(inner)])
      .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)),
  )
}

function rank(field: string): number {
  const place = FIRST.indexOf(field)
  return place < 0 ? FIRST.length : place
}
