/**
 * What the operator should know where tokens name another key than the edge has; undefined where none does.
 *
 * @param tokens how many
 */
export function otherKeyWarning(tokens: number): string | undefined {
  if (tokens === 0) return undefined
  return (
    `${tokens} of the tokens name another key than the certificate's: phones with them refuse this edge (edge-untrusted). ` +
    'Go back to the key before and renew with it (certbot --reuse-key), or make new tokens and revoke the old ones'
  )
}
