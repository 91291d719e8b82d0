import type { Finding } from './model/findings.ts'

/** What a stack has that was read as Compose reads it, and that Swarm's form has no room for. */
export interface ComposeFacts {
  readonly services: ReadonlyMap<string, ComposeService>
  /** What becomes of keys that Swarm does not know. */
  readonly findings: readonly Finding[]
}

export interface ComposeService {
  readonly waits: readonly Awaited[]
  /** How many graphics cards it needs. */
  readonly gpus: number
  /** Further groups of its processes, by number. */
  readonly groups: readonly number[]
}

/** Another service that has to be so far before this one starts. */
export interface Awaited {
  readonly service: string
  readonly condition: 'service_healthy' | 'service_completed_successfully'
}
