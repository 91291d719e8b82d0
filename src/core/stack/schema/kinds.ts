import type { Located, Scalar } from '../located.ts'
import { readDuration } from '../values/duration.ts'
import { readPortSpec } from '../values/port-spec.ts'
import { scalarText } from '../values/scalar-text.ts'
import type { ScalarType, Schema } from './schema.ts'

/** Is the value of the kind that a schema wants? What is in it is not looked at. */
export function fits(node: Located, schema: Schema): boolean {
  if (schema.is === 'choice') return schema.of.some((one) => fits(node, one))
  if (node.kind !== 'scalar') return schema.is === node.kind
  if (schema.is === 'map') return schema.nullable && node.scalar.form === 'null'
  return schema.is === 'scalar' && schema.types.some((type) => isOfType(node.scalar, type))
}

function isOfType(scalar: Scalar, type: ScalarType): boolean {
  switch (scalar.form) {
    // Docker looks at JSON, where a date is a string.
    case 'date':
      return type === 'string'
    case 'int':
      return type === 'integer' || type === 'number'
    case 'float':
      return type === 'number' || (type === 'integer' && Number.isInteger(scalar.value))
    case 'bool':
      return type === 'boolean'
    default:
      return scalar.form === type
  }
}

/** What a schema wants, in Docker's words: `mapping or null`, `string, number or null`. */
export function kindText(schema: Schema): string {
  switch (schema.is) {
    case 'map':
      return schema.nullable ? 'mapping or null' : 'mapping'
    case 'list':
      return 'list'
    case 'choice':
      return schema.of.map(kindText).join(' or ')
    case 'scalar':
      return schema.types.join(', ').replace(/, (?=[a-z]+$)/, ' or ')
  }
}

export function hasFormat(scalar: Scalar, format: 'duration' | 'ports'): boolean {
  const text = scalarText(scalar)
  return format === 'duration' ? readDuration(text) !== undefined : typeof readPortSpec(text) !== 'string'
}
