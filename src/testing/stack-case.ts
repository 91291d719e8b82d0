import type { CanonicalStack } from '../core/stack/canonical.ts'
import { DEFAULT_OPTIONS } from '../core/stack/model/options.ts'
import type { StackInput } from '../core/stack/model/read-stack.ts'
import { yamlText } from '../core/stack/objects/yaml-text.ts'
import { pathText } from '../core/stack/place.ts'
import { type RenderedStack, renderStack } from '../core/stack/render-stack.ts'
import { canonicalStack } from './canonical-stack.ts'
import { problemLine, readTexts } from './stack.ts'
import { memoryFiles, sha256 } from './stack-files.ts'

/** Between the stack and what becomes of it. */
export const LINE = '\n----\n'

/**
 * Renders a case: a stack in canonical form, with the files that it names and what its deployer says as comments
 * (`# file /stack/a: text`, `# options: {"ingress": "nginx"}`, `# stack: its-name`). One that begins with `# compose` is read as Compose reads it.
 */
export function renderCase(input: string, stackName = 'demo'): RenderedStack {
  return renderStack(caseInput(input, stackName))
}

export function caseInput(input: string, stackName = 'demo'): StackInput {
  const files = Object.fromEntries(
    [...input.matchAll(/^# file (\S+): (.*)$/gm)].map(([, path, text]) => [path, text ?? '']),
  )
  const said: object = JSON.parse(/^# options: (.*)$/m.exec(input)?.[1] ?? '{}')
  return {
    stackName: /^# stack: (.*)$/m.exec(input)?.[1] ?? stackName,
    stack: input.startsWith('# compose') ? composeStack(input, stackName) : canonicalStack(input),
    files: memoryFiles(files),
    digest: sha256,
    options: { ...DEFAULT_OPTIONS, folder: '/stack', ...said },
  }
}

function composeStack(input: string, projectName: string): CanonicalStack {
  const { stack, problems } = readTexts([input], { compose: { projectName, profiles: [] } })
  if (!stack) throw new Error(problems.map(problemLine).join('\n'))
  return stack
}

/** What is found, as comments, and the objects; of them only the kinds that the case is about (`# show: Service`). */
export function outcome(input: string): string {
  const { objects, findings } = renderCase(input)
  const kinds = /^# show: (.*)$/m.exec(input)?.[1]?.split(', ')
  const shown = objects.filter(({ kind }) => kinds === undefined || kinds.includes(kind))
  const found = findings.map(({ severity, path, detail, remedy }) => {
    return `# ${severity} ${pathText(path)}: ${detail}${remedy && `. ${remedy}`}\n`
  })
  return `${found.join('')}${yamlText(shown)}`
}
