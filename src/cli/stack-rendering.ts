import { createHash } from 'node:crypto'
import type { Finding } from '../core/stack/model/findings.ts'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import { type Places, pathText } from '../core/stack/place.ts'
import { inFileOrder, type Problem } from '../core/stack/problem.ts'
import { renderStack } from '../core/stack/render-stack.ts'
import type { StackText } from '../core/stack/stack-text.ts'
import type { Context } from './context.ts'
import { readInput } from './stack-input.ts'
import { problemsText, stackFailure } from './stack-problems.ts'
import { type RenderOptions, stackOptions } from './stack-render-options.ts'

/** What becomes of a stack. */
export interface Rendering {
  /** None where the stack is refused. */
  readonly objects: readonly KubernetesObject[]
  /** All that is wrong, dropped or changed, by those who read the files and those who make objects of them; by lines. */
  readonly problems: readonly Problem[]
  readonly texts: readonly StackText[]
}

/** Renders the stack that the options name. */
export function renderInput(stackName: string, options: RenderOptions, context: Context): Rendering {
  const { stack, readable, places, problems, texts, files, folder } = readInput(options, context)
  const { objects = [], findings = [] } = readable
    ? renderStack({
        stackName,
        stack: readable,
        files,
        digest: sha256,
        options: stackOptions(options, folder),
      })
    : {}
  const names = texts.map(({ name }) => name)
  return {
    objects: stack ? objects : [],
    problems: inFileOrder(together(problems, findings, places), names),
    texts,
  }
}

/**
 * The objects of the stack that the options name; what changes on the way is told on stderr.
 * @throws Failure where the stack is refused; its errors are printed already.
 */
export function renderObjects(
  stackName: string,
  options: RenderOptions,
  context: Context,
): readonly KubernetesObject[] {
  const { terminal } = context
  const { objects, problems, texts } = renderInput(stackName, options, context)
  if (problems.length > 0) terminal.err(`${problemsText(problems, texts, terminal)}\n`)
  if (objects.length === 0) throw stackFailure(problems, texts)
  return objects
}

/** Of one thing the error is told where there is one, and what Swarm ignores by those alone who read the files. */
function together(problems: readonly Problem[], findings: readonly Finding[], places: Places): Problem[] {
  const told = new Set(problems.map(({ path }) => pathText(path)))
  const refused = new Set(
    findings.filter(({ severity }) => severity === 'error').map(({ path }) => pathText(path)),
  )
  return [
    ...problems.filter(({ severity, path }) => severity === 'error' || !refused.has(pathText(path))),
    ...findings
      .filter(({ severity, path }) => severity === 'error' || !told.has(pathText(path)))
      .map((finding) => ({ ...finding, place: places.of(finding.path) })),
  ]
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
