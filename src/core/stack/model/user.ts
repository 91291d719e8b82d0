import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'

export interface User {
  readonly uid?: number
  readonly gid?: number
}

/** Root is the same in every image; of the others, which images have it otherwise. */
const NAMES: Readonly<Record<string, { readonly id: number; readonly but?: string }>> = {
  root: { id: 0 },
  nobody: { id: 65534, but: 'is 99 in CentOS 7' },
  nogroup: { id: 65534, but: 'is 65533 in Alpine' },
}

/** Kubernetes knows users by their numbers alone: the names are in the image, which nobody has looked into. */
export function readUser(text: string | undefined, path: Path, findings: Findings): User {
  if (text === undefined || text === '') return {}
  const [user = '', group] = text.split(':')
  const uid = readId(user)
  const gid = group === undefined ? undefined : readId(group)
  if (uid === undefined || (group !== undefined && gid === undefined)) {
    findings.refuse([...path, 'user'], `Kubernetes has to know the user ${text} by number`, NUMBER)
    return {}
  }
  for (const name of [user, group ?? '']) {
    const but = nameOf(name)?.but
    if (but !== undefined)
      findings.warn([...path, 'user'], `${name} is taken for ${readId(name)}, but ${but}`, NUMBER)
  }
  return { uid, ...(gid !== undefined && { gid }) }
}

function readId(text: string): number | undefined {
  if (/^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647) return Number(text)
  return nameOf(text)?.id
}

function nameOf(text: string) {
  return Object.hasOwn(NAMES, text) ? NAMES[text] : undefined
}

const NUMBER = 'Write the number: docker run --rm --entrypoint id IMAGE NAME prints it.'
