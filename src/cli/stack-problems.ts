import { excerptsOf } from '../core/stack/excerpt.ts'
import { pathText } from '../core/stack/place.ts'
import type { Problem } from '../core/stack/problem.ts'
import type { StackText } from '../core/stack/stack-text.ts'
import { Failure } from './failure.ts'
import { plain, type Terminal } from './terminal.ts'

/** Each problem with its place, the lines there, and what to write instead. */
export function problemsText(
  problems: readonly Problem[],
  texts: readonly StackText[],
  terminal: Terminal,
): string {
  const excerpts = excerpter(texts)
  return problems
    .map((problem) => {
      const word = terminal.paint(problem.severity === 'error' ? 'red' : 'yellow', problem.severity)
      const lines = [`${placeText(problem)}: ${word}: ${plain(problem.detail)}`, excerpts(problem)]
      return [...lines, plain(problem.remedy)].filter((line) => line !== '').join('\n')
    })
    .map((text) => `${text}\n`)
    .join('\n')
}

/** The same for programs. */
export function problemsJson(problems: readonly Problem[], texts: readonly StackText[]) {
  const excerpts = excerpter(texts)
  return problems.map((problem) => ({
    severity: problem.severity,
    ...problem.place,
    path: pathText(problem.path),
    detail: problem.detail,
    remedy: problem.remedy,
    excerpt: excerpts(problem),
  }))
}

/** How a command ends whose stack has errors; those are printed already. */
export function stackFailure(problems: readonly Problem[], texts: readonly StackText[]): Failure {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const detail = `${errors} ${errors === 1 ? 'error' : 'errors'} in ${texts.map(({ name }) => name).join(', ')}`
  const remedy = 'Mend what is named above; nothing was made of the stack.'
  return new Failure({ code: 'stack-invalid', detail, remedy, permanent: true })
}

function placeText({ place }: Problem): string {
  return place ? `${plain(place.file)}:${place.line}:${place.column}` : '-'
}

function excerpter(texts: readonly StackText[]): (problem: Problem) => string {
  const decoder = new TextDecoder()
  const excerpts = new Map(texts.map(({ name, bytes }) => [name, excerptsOf(decoder.decode(bytes))]))
  return ({ place }) => (place && excerpts.get(place.file)?.(place)) ?? ''
}
