// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Compose's variables
import type { Substitution, Variables } from '../interpolate/substitute.ts'

/** What may follow a dollar. A default, an alternative or an error goes on to the last `}` of the line; see `closingBrace`. */
const VARIABLE = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*(?::?[-+?](?:.*))?)\}|()))/i

const OPERATORS = [':?', '?', ':-', '-', ':+', '+'] as const
type Operator = (typeof OPERATORS)[number]

/** Levels of defaults within defaults. Nobody writes three. */
const DEEPEST = 50

/** Puts variables into a text, as Compose does: `${A:-${B:-c}}`, `${A:+x}`, `${A:?error}`, `$$`. */
export function substitute(text: string, variables: Variables): Substitution {
  const reading = new Reading(variables)
  const replaced = reading.replace(text, 0)
  return { text: replaced, errors: reading.errors.slice(0, 1), warnings: reading.warnings }
}

class Reading {
  readonly errors: Substitution['errors'][number][] = []
  readonly warnings: Substitution['warnings'][number][] = []
  readonly #variables: Variables

  constructor(variables: Variables) {
    this.#variables = variables
  }

  replace(text: string, depth: number): string {
    if (depth > DEEPEST) {
      this.errors.push({ detail: 'variables are nested too deeply', remedy: 'Write fewer levels.' })
      return ''
    }
    return text.replace(new RegExp(VARIABLE, 'gi'), (found) => this.#one(found, text, depth))
  }

  #one(found: string, whole: string, depth: number): string {
    const end = closingBrace(found)
    const expression = end < 0 ? found : found.slice(0, end + 1)
    const [, escaped, named, braced] = VARIABLE.exec(expression) ?? []
    if (escaped) return '$'
    if (named) return this.#value(named)
    if (!braced) {
      this.errors.push({
        detail: `You may need to escape any $ with another $. ${whole}`,
        remedy:
          'Write $$ for a dollar. Compose knows ${VAR}, and :-default, -default, :+instead, +instead, :?error and ?error behind the name.',
      })
      return ''
    }
    const operator = firstOperator(found)
    if (operator === undefined || !braced.includes(operator)) return this.#value(braced)
    const rest = end < 0 ? '' : found.slice(end + 1)
    return this.#applied(braced, operator, depth) + this.replace(rest, depth + 1)
  }

  #value(name: string): string {
    const value = this.#variables.get(name)
    if (value === undefined)
      this.warnings.push({
        detail: `The ${JSON.stringify(name)} variable is not set. Defaulting to a blank string.`,
        remedy: `Set ${name} in the environment or in .env, or write \${${name}:-default}.`,
      })
    return value ?? ''
  }

  #applied(expression: string, operator: Operator, depth: number): string {
    const at = expression.indexOf(operator)
    const name = expression.slice(0, at)
    // As in Compose: what is behind the operator is read whether it is needed or not.
    const given = this.replace(expression.slice(at + operator.length), depth + 1)
    const value = this.#variables.get(name)
    const isThere = value !== undefined && (value !== '' || !operator.startsWith(':'))
    if (operator.endsWith('-')) return isThere ? value : given
    if (operator.endsWith('+')) return isThere ? given : (value ?? '')
    if (!isThere) {
      const detail = `required variable ${name} is missing a value${given === '' ? '' : `: ${given}`}`
      this.errors.push({ detail, remedy: `Set ${name} in the environment of this command, or in .env.` })
    }
    return value ?? ''
  }
}

/** The operator that comes first; of two at one place the longer. */
function firstOperator(text: string): Operator | undefined {
  const found = OPERATORS.map((operator) => ({ operator, at: text.indexOf(operator) }))
  return found.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0]?.operator
}

/** Where the first brace is closed, as Compose counts: the character behind an opening one is passed over. -1: nowhere. */
function closingBrace(text: string): number {
  let open = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '}') {
      open -= 1
      if (open === 0) return index
    }
    if (text[index] === '{') {
      open += 1
      index += 1
    }
  }
  return -1
}
