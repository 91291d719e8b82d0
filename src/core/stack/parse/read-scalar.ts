import { Scalar as YamlScalar } from 'yaml'
import type { LocatedScalar, Scalar } from '../located.ts'
import type { Place } from '../place.ts'
import type { Problems } from '../problem.ts'
import { resolvePlain } from './resolve-scalar.ts'

const STANDARD = 'tag:yaml.org,2002:'

/** A scalar with what it means: by its tag where it has one, else by its quotes and its look. */
export function readScalar(node: YamlScalar, place: Place, problems: Problems): LocatedScalar {
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '')
  const tag = node.tag?.startsWith(STANDARD) ? node.tag.slice(STANDARD.length) : undefined
  const located = (scalar: Scalar): LocatedScalar => ({ kind: 'scalar', scalar, place })
  if (node.tag === undefined && node.type === YamlScalar.PLAIN) {
    const scalar = resolvePlain(text)
    if (scalar.form === 'float' && !Number.isFinite(scalar.value)) {
      problems.error(
        place,
        [],
        `${text} is no number that a stack can use`,
        'Put it into quotes if a string is meant.',
      )
    }
    return located(scalar)
  }
  const wanted = tag === undefined ? undefined : FORMS[tag]
  if (wanted === undefined) return located({ form: 'string', value: text })
  const scalar = resolvePlain(text)
  if (scalar.form === wanted) return located(scalar)
  if (wanted === 'float' && scalar.form === 'int')
    return located({ form: 'float', value: Number(scalar.value) })
  problems.error(place, [], `cannot decode \`${text}\` as a !!${tag}`, 'Leave the tag out.')
  return located(scalar)
}

const FORMS: Readonly<Record<string, Scalar['form'] | undefined>> = {
  int: 'int',
  float: 'float',
  bool: 'bool',
  null: 'null',
  timestamp: 'date',
}
