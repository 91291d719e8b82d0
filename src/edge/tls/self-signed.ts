// What the certificate library's dependency injection asks for, before it is loaded.
import 'reflect-metadata'
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/**
 * A certificate of the edge's own around its key, in PEM.
 *
 * @param addresses by which it may be reached: for clients that look at names
 * @param now ms since the epoch
 * @param lifetime ms
 */
export async function selfSigned(
  key: KeyObject,
  addresses: readonly string[],
  now: number,
  lifetime: number,
): Promise<string> {
  const privateKey = await importKey(key, 'private')
  const publicKey = await importKey(key, 'public')
  const names = addresses.map((value) => ({ type: 'ip' as const, value }))
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=homeport-edge',
    // A clock that is a little behind must not find it too young.
    notBefore: new Date(now - 86_400_000),
    notAfter: new Date(now + lifetime),
    signingAlgorithm: ALGORITHM,
    keys: { privateKey, publicKey },
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: 'homeport-edge' }, ...names]),
    ],
  })
  return certificate.toString('pem')
}

async function importKey(key: KeyObject, half: 'private' | 'public'): Promise<webcrypto.CryptoKey> {
  const jwk = createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' })
  const { d, ...open } = jwk
  const usages: webcrypto.KeyUsage[] = half === 'private' ? ['sign'] : ['verify']
  return webcrypto.subtle.importKey(
    'jwk',
    half === 'private' ? { ...open, ...(d !== undefined && { d }) } : open,
    ALGORITHM,
    true,
    usages,
  )
}
