import { RequestRefused } from '../request-refused.ts'

/** The digest in an If-Match header; one only, since a document is held or it is not. */
export function digestOf(header: string | undefined): string {
  const [, digest] = /^"([A-Za-z0-9_-]{43})"$/.exec(header ?? '') ?? []
  if (digest === undefined) {
    throw new RequestRefused('request-invalid', 'this needs the header If-Match: "<digest>"')
  }
  return digest
}
