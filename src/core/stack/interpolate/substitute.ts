/** The environment of whoever runs the command. Swarm reads no `.env`. */
export type Variables = Pick<ReadonlyMap<string, string>, 'get'>

export interface Substitution {
  readonly text: string
  /** Why a variable could not be put in. */
  readonly errors: readonly { readonly detail: string; readonly remedy: string }[]
  /** What is put in may not be what was meant. */
  readonly warnings: readonly { readonly detail: string; readonly remedy: string }[]
}

/**
 * What may follow a dollar. As Docker has it, a default may also follow a name without braces, and goes on to the next `}`
 * or to the end: `$TAG-alpine` is TAG, or "alpine" where that is unset.
 */
const VARIABLE = /\$(?:(\$)|([_a-z][_a-z0-9]*(?::?[-?][^}]*)?)|\{([_a-z][_a-z0-9]*(?::?[-?][^}]*)?)\}|())/gi

const FORMS = ['', ':-default', '-default', ':?error', '?error']

/**
 * Puts variables into a text, as `docker stack` does: that forgets what is wrong with one where another after it can be
 * put in, and leaves the first empty.
 */
export function substitute(text: string, variables: Variables): Substitution {
  const errors: Substitution['errors'][number][] = []
  const warnings: Substitution['warnings'][number][] = []
  let invalid: Substitution['errors'][number] | undefined
  let lastFails = false
  const replaced = text.replace(VARIABLE, (_, escaped?: string, named?: string, braced?: string) => {
    if (escaped) return '$'
    const expression = named ?? braced
    if (expression === undefined) {
      lastFails = true
      invalid ??= {
        detail: `"${text}"; you may need to escape any $ with another $`,
        remedy: `Write $$ for a dollar. Docker knows ${FORMS.map((form) => `\${VAR${form}}`).join(', ')}.`,
      }
      return ''
    }
    const misread = misreadAs(expression, named !== undefined)
    if (misread) warnings.push(misread)
    const { value, missing } = lookUp(expression, variables)
    if (missing !== undefined) errors.push(missing)
    lastFails = missing !== undefined
    return value
  })
  if (invalid) errors.push(invalid)
  if (lastFails) return { text: replaced, errors, warnings }
  const forgotten = errors.map(({ detail, remedy }) => ({
    detail: `Docker puts nothing there: ${detail}`,
    remedy,
  }))
  return { text: replaced, errors: [], warnings: [...warnings, ...forgotten] }
}

interface Value {
  readonly value: string
  readonly missing?: { readonly detail: string; readonly remedy: string }
}

/** Docker looks for the operators in this order, wherever in the expression they are. */
function lookUp(expression: string, variables: Variables): Value {
  for (const operator of [':-', '-', ':?', '?']) {
    const at = expression.indexOf(operator)
    if (at < 0) continue
    const name = expression.slice(0, at)
    const rest = expression.slice(at + operator.length)
    const value = variables.get(name)
    if (value !== undefined && (value !== '' || !operator.startsWith(':'))) return { value }
    if (operator.endsWith('-')) return { value: rest }
    const detail = `"required variable ${name} is missing a value: ${rest}"`
    return { value: '', missing: { detail, remedy: `Set ${name} in the environment of this command.` } }
  }
  return { value: variables.get(expression) ?? '' }
}

/** Docker's reading of some expressions surprises; who relies on it should know. */
function misreadAs(expression: string, bare: boolean): { detail: string; remedy: string } | undefined {
  const [name = ''] = /^[_a-z][_a-z0-9]*/i.exec(expression) ?? []
  const meant = expression.slice(name.length)
  if (bare && meant !== '') {
    const detail = `Docker reads $${expression} as \${${expression}}: what follows the name is taken as its default`
    return { detail, remedy: `Write \${${name}}${meant}.` }
  }
  if (/^:?\?.*-/s.test(meant) || /^-.*:-/s.test(meant)) {
    const [, first = ''] = /^(:?[-?])/.exec(meant) ?? []
    const detail = `Docker reads \${${expression}} otherwise than it looks: an operator in the text after "${first}" comes first`
    return { detail, remedy: 'Write that text without "-".' }
  }
  return undefined
}
