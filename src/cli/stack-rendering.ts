import { createHash } from 'node:crypto'
import type { Finding } from '../core/stack/model/findings.ts'
import { readNeighbour } from '../core/stack/model/neighbour.ts'
import { DEFAULT_OPTIONS, type Neighbour } from '../core/stack/model/options.ts'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import { type Places, pathText } from '../core/stack/place.ts'
import { inFileOrder, type Problem } from '../core/stack/problem.ts'
import { renderStack } from '../core/stack/render-stack.ts'
import type { StackText } from '../core/stack/stack-text.ts'
import type { Context } from './context.ts'
import { usageFailure } from './failure.ts'
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
  const { stack, readable, places, problems, texts, files, folder, told } = readInput(
    options,
    context,
    stackName,
  )
  const { objects = [], findings = [] } = readable
    ? renderStack({
        stackName,
        stack: readable,
        files,
        digest: sha256,
        options: stackOptions(options, folder, neighbours(options, context)),
      })
    : {}
  const names = texts.map(({ name }) => name)
  const asTold = (finding: Finding) => ({
    ...finding,
    detail: told(finding.detail),
    remedy: told(finding.remedy),
  })
  return {
    objects: stack ? objects : [],
    problems: inFileOrder(together(problems, findings.map(asTold), places), names),
    texts,
  }
}

/** Of a stack beside this one it counts what it shares; what else there is to be said of it, its own check says. */
function neighbours(options: RenderOptions, context: Context): Neighbour[] {
  return (options.beside ?? []).map(({ name, file }) => {
    const { stack, files } = readInput({ ...options, composeFile: [file] }, context, name)
    if (stack === undefined)
      throw usageFailure(`${file} has errors`, `See them: homeport stack check -c ${file} ${name}`)
    return readNeighbour({ stackName: name, stack, files, digest: sha256, options: DEFAULT_OPTIONS })
  })
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
