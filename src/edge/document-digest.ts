import { hash } from 'node:crypto'
import { type DocumentContent, digestInput } from '../core/registry/read-document.ts'

/** SHA-256 (base64url) of what a document says. */
export function documentDigest(content: DocumentContent): string {
  return hash('sha256', digestInput(content), 'base64url')
}
