import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'

export interface User {
  readonly uid?: number
  readonly gid?: number
}

/** The same in every image that has them at all. */
const EVERYWHERE: Readonly<Record<string, number>> = { root: 0, nobody: 65534, nogroup: 65534 }

/** Kubernetes knows users by their numbers alone: the names are in the image, which nobody has looked into. */
export function readUser(text: string | undefined, path: Path, findings: Findings): User {
  if (text === undefined || text === '') return {}
  const [user = '', group] = text.split(':')
  const uid = readId(user)
  const gid = group === undefined ? undefined : readId(group)
  if (uid === undefined || (group !== undefined && gid === undefined)) {
    findings.refuse(
      [...path, 'user'],
      `Kubernetes has to know the user ${text} by number`,
      'Write the number: docker run --rm --entrypoint id IMAGE NAME prints it.',
    )
    return {}
  }
  return { uid, ...(gid !== undefined && { gid }) }
}

function readId(text: string): number | undefined {
  if (/^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647) return Number(text)
  return Object.hasOwn(EVERYWHERE, text) ? EVERYWHERE[text] : undefined
}
