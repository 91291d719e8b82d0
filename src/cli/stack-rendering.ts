import { createHash } from 'node:crypto'
import type { Finding } from '../core/stack/model/findings.ts'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import { type Places, pathText } from '../core/stack/place.ts'
import type { Problem } from '../core/stack/problem.ts'
import { renderStack } from '../core/stack/render-stack.ts'
import type { Context } from './context.ts'
import { readInput } from './stack-input.ts'
import { problemsText, stackFailure } from './stack-problems.ts'
import { type RenderOptions, stackOptions } from './stack-render-options.ts'

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
  const { stack, places, problems, texts, files, folder } = readInput(options, context)
  const rendered =
    stack && renderStack({ stackName, stack, files, digest: sha256, options: stackOptions(options, folder) })
  const all = [...problems, ...placed(rendered?.findings ?? [], problems, places)]
  if (all.length > 0) terminal.err(`${problemsText(all, texts, terminal)}\n`)
  if (rendered === undefined || rendered.objects.length === 0) throw stackFailure(all, texts)
  return rendered.objects
}

/** What Swarm ignores is told already, by those who read the files. */
function placed(findings: readonly Finding[], problems: readonly Problem[], places: Places): Problem[] {
  const told = new Set(problems.map(({ path }) => pathText(path)))
  return findings
    .filter(({ severity, path }) => severity === 'error' || !told.has(pathText(path)))
    .map((finding) => ({ ...finding, place: places.of(finding.path) }))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
