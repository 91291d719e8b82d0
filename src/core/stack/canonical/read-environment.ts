import { inOrder } from '../go-order.ts'
import type { Variables } from '../interpolate/substitute.ts'
import type { StackFiles } from '../stack-files.ts'
import { readEnvFile } from './env-file.ts'
import type { Fields } from './fields.ts'
import { absolutePath } from './host-path.ts'

export interface EnvironmentRules {
  readonly folder: string
  readonly variables: Variables
  readonly files: StackFiles
}

/** The variables of a service: those of its env_files, one over the other, and over them `environment`. */
export function readEnvironment(
  service: Fields,
  rules: EnvironmentRules,
): ReadonlyMap<string, string | null> {
  const merged = new Map<string, string | null>()
  service.texts('env_file').forEach((name, index) => {
    for (const [key, value] of readFile(service, name, index, rules)) {
      merged.set(key, value === '' ? (rules.variables.get(key) ?? value) : value)
      service.reading.places.set([...service.path, 'environment', key], placeOfFile(service, index))
    }
  })
  // As in Docker: a variable without value, or with an empty one, is that of whoever runs the command.
  for (const [key, value] of service.pairs('environment'))
    merged.set(key, value || (rules.variables.get(key) ?? value))
  return inOrder(merged)
}

function readFile(
  service: Fields,
  name: string,
  index: number,
  { folder, variables, files }: EnvironmentRules,
) {
  const path = absolutePath(folder, name)
  const where = [...service.path, 'env_file', index]
  const answer = files.read(path)
  if ('refused' in answer) {
    service.error(placeOfFile(service, index), where, answer.detail, answer.remedy)
    return []
  }
  const read = readEnvFile(answer.bytes, variables)
  if (typeof read !== 'string') return read
  service.error(
    placeOfFile(service, index),
    where,
    `invalid env file (${path}): ${read}`,
    'Write KEY=VALUE in each line.',
  )
  return []
}

function placeOfFile(service: Fields, index: number) {
  const { places } = service.reading
  return places.of([...service.path, 'env_file', index]) ?? service.node.place
}
