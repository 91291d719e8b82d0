import { Places } from '../place.ts'
import { inFileOrder, Problems } from '../problem.ts'
import type { StackInput, StackReading } from '../read-stack.ts'
import { withNames } from './finish-tree.ts'
import { lowerStack } from './lower-stack.ts'
import { printCompose } from './print-compose.ts'
import { readComposeTree } from './read-compose.ts'

/** Reads stack files as Compose reads them (docs/stack-phases.md); all that is wrong is told at once. */
export function readComposeStack(input: StackInput): StackReading {
  const problems = new Problems()
  const choices = input.compose ?? { profiles: [] }
  const { profiled, projectName, variables, further } = readComposeTree({ ...input, choices }, problems)
  const isRead = profiled !== undefined && problems.errors === 0
  const lowered = isRead ? lowerStack(profiled.tree, profiled.inactive, variables, problems) : undefined
  const stack = problems.errors === 0 ? lowered?.stack : undefined
  return {
    stack,
    readable: stack,
    text: isRead ? printCompose(withNames(profiled.tree, projectName)) : undefined,
    places: lowered?.places ?? new Places(),
    problems: inFileOrder(
      problems.all,
      [...input.texts, ...further].map(({ name }) => name),
    ),
    told: problems.told,
    further,
  }
}
