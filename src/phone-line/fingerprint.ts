import { hash, type X509Certificate } from 'node:crypto'

/**
 * The fingerprint that a token carries: SHA-256 of the certificate's public key (SubjectPublicKeyInfo, RFC 7469), in
 * base64url without padding. It outlives a renewal of the certificate around the same key.
 */
export function fingerprintOf(certificate: X509Certificate): string {
  return hash('sha256', certificate.publicKey.export({ type: 'spki', format: 'der' }), 'base64url')
}
