/**
 * The text of a token, `hp1.<fingerprint>.<id>.<secret>`: three base64url fields behind the version.
 *
 * The fingerprint is the SHA-256 of the edge's public key (SubjectPublicKeyInfo, RFC 7469), so a phone can trust the
 * edge with neither a domain name nor an authority, and the certificate may be renewed around the same key.
 */
export interface Bearer {
  /** 43 characters: 32 bytes. */
  readonly fingerprint: string
  /** Public: names the token in lists and logs. */
  readonly id: string
  /** 43 characters: 32 random bytes. */
  readonly secret: string
}

const FORM = /^hp1\.([A-Za-z0-9_-]{43})\.([a-z0-9]{8,32})\.([A-Za-z0-9_-]{43})$/

export function parseBearer(text: string): Bearer | undefined {
  const [, fingerprint, id, secret] = FORM.exec(text) ?? []
  return fingerprint && id && secret ? { fingerprint, id, secret } : undefined
}

export function formatBearer({ fingerprint, id, secret }: Bearer): string {
  return `hp1.${fingerprint}.${id}.${secret}`
}
