import type { Finding } from './model/findings.ts'
import { readStack, type StackInput } from './model/read-stack.ts'
import type { KubernetesObject } from './objects/object.ts'
import { stackObjects } from './objects/stack-objects.ts'

export interface RenderedStack {
  /** None where the stack is refused: half a stack helps nobody. */
  readonly objects: readonly KubernetesObject[]
  readonly findings: readonly Finding[]
}

/** A stack in canonical form as the objects that run it on Kubernetes, and all that becomes other than it was written. */
export function renderStack(input: StackInput): RenderedStack {
  const model = readStack(input)
  const isRefused = model.findings.some(({ severity }) => severity === 'error')
  return {
    objects: isRefused ? [] : stackObjects(model, input.options, input.digest),
    findings: model.findings,
  }
}
