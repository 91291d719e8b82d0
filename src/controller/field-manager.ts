import { createHash } from 'node:crypto'
import { FIELD_MANAGER } from '../core/kubernetes/read-service.ts'

/** Longest name of a field manager that the API server takes. */
const MAX_LENGTH = 128

/**
 * Whose writes are those of the controllers of one election. Another election's controllers have another one: what these have
 * written is not taken for ours.
 */
export function fieldManagerOf(namespace: string, election: string): string {
  const name = `${FIELD_MANAGER}/${namespace}.${election}`
  if (name.length <= MAX_LENGTH) return name
  return `${FIELD_MANAGER}/${createHash('sha256').update(name).digest('hex')}`
}
