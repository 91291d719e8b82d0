import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
} from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { writeDurably } from '../durable-file.ts'

/** Ten years, in ms: phones trust the key, not the date, so a long life costs nothing. */
const LIFETIME = 10 * 365 * 86_400_000

/** What the API's TLS needs, in PEM. */
export interface Credentials {
  readonly key: string
  readonly cert: string
  /** SHA-256 of the public key (SubjectPublicKeyInfo), base64url: what tokens pin (RFC 7469). */
  readonly fingerprint: string
}

/** A certificate or key that cannot be used; the message names the file. */
export class CredentialsUnusable extends Error {
  override readonly name = 'CredentialsUnusable'
  readonly code = 'config-invalid'
}

/**
 * The operator's own certificate and key.
 *
 * @param known what was read last: the same again is not examined again
 * @throws CredentialsUnusable
 */
export function readCredentials(certificateFile: string, keyFile: string, known?: Credentials): Credentials {
  const cert = read(certificateFile)
  const key = read(keyFile)
  if (known && known.cert === cert && known.key === key) return known
  const certificate = attempt(certificateFile, () => new X509Certificate(cert))
  const privateKey = attempt(keyFile, () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CredentialsUnusable(`${keyFile} is not the key of ${certificateFile}`)
  }
  // The chain behind the first certificate, too.
  attempt(certificateFile, () => createSecureContext({ cert, key }))
  return { key, cert, fingerprint: fingerprintOf(key) }
}

/**
 * The edge's own key and certificate: kept in `folder`, made at first start. The key stays for good, since every token
 * names it; the certificate around it is made anew when a tenth of its life is left.
 *
 * @param now ms since the epoch
 */
export async function ownCredentials(
  folder: string,
  addresses: readonly string[],
  now: number,
): Promise<Credentials> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const keyFile = join(folder, 'edge.key')
  const certificateFile = join(folder, 'edge.crt')
  if (!existsSync(keyFile)) writeDurably(keyFile, newKey(), 0o600)
  const key = read(keyFile)
  const privateKey = attempt(keyFile, () => createPrivateKey(key))
  const kept = existsSync(certificateFile) ? read(certificateFile) : undefined
  if (kept !== undefined && stillGood(kept, key, now))
    return { key, cert: kept, fingerprint: fingerprintOf(key) }
  // Loaded when it is needed, once in nine years: it is large.
  const { selfSigned } = await import('./self-signed.ts')
  const cert = await selfSigned(privateKey, addresses, now, LIFETIME)
  writeDurably(certificateFile, cert, 0o644)
  return { key, cert, fingerprint: fingerprintOf(key) }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** A damaged certificate is simply made again: the key is what counts. */
function stillGood(cert: string, key: string, now: number): boolean {
  try {
    const certificate = new X509Certificate(cert)
    const left = certificate.validToDate.getTime() - now
    return certificate.checkPrivateKey(createPrivateKey(key)) && left > LIFETIME / 10
  } catch {
    return false
  }
}

function fingerprintOf(key: string): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest('base64url')
}

function read(file: string): string {
  return attempt(file, () => readFileSync(file, 'utf8'))
}

function attempt<Result>(file: string, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CredentialsUnusable(`${file} cannot be used: ${reason}`, { cause: error })
  }
}
