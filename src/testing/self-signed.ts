import { execFile } from 'node:child_process'
import { createHash, createPublicKey } from 'node:crypto'
import { promisify } from 'node:util'

export interface SelfSigned {
  readonly key: string
  readonly cert: string
  /** As a token carries it: SHA-256 of the public key, base64url. */
  readonly fingerprint: string
}

const PEM = /-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----\n/g

/** A new key (P-256) and a certificate for it that is good for localhost and 127.0.0.1. Needs openssl. */
export async function selfSigned(): Promise<SelfSigned> {
  const { stdout } = await promisify(execFile)('openssl', [
    'req',
    '-x509',
    '-nodes',
    ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2'],
    ...['-keyout', '-', '-out', '-'],
  ])
  const [key, cert] = stdout.match(PEM) ?? []
  if (key === undefined || cert === undefined) throw new Error(`openssl printed no key and certificate`)
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return { key, cert, fingerprint: createHash('sha256').update(spki).digest('base64url') }
}
