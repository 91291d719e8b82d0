import { createHash } from 'node:crypto'
import { type DocumentContent, digestInput } from '../core/registry/read-document.ts'
import { allAtOnce, type Steps } from '../core/steps.ts'

/** SHA-256 (base64url) of what a document says. */
export function documentDigest(content: DocumentContent): string {
  return allAtOnce(documentDigestInSteps(content))
}

/** Characters that are hashed at once, in well under a millisecond: a call for each claim would take longer. */
const STEP = 65_536

/** The same in steps, for a document that is large. */
export function* documentDigestInSteps(content: DocumentContent): Steps<string> {
  const hash = createHash('sha256')
  let text = ''
  for (const piece of digestInput(content)) {
    text += piece
    if (text.length < STEP) continue
    hash.update(text)
    text = ''
    yield
  }
  return hash.update(text).digest('base64url')
}
