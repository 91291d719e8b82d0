import type { CanonicalStack } from '../canonical.ts'
import type { Digest } from '../names.ts'
import type { StackFiles } from '../stack-files.ts'
import type { Findings } from './findings.ts'
import type { StackOptions } from './options.ts'
import type { ServiceNames } from './service-names.ts'

/** What reading one part of a stack may need to know of the rest. */
export interface StackContext {
  /** As its user calls it. */
  readonly stackName: string
  readonly namespace: string
  readonly stack: CanonicalStack
  readonly names: ServiceNames
  readonly files: StackFiles
  readonly digest: Digest
  readonly options: StackOptions
  readonly findings: Findings
}
