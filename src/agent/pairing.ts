import { parseBearer } from '../wire/bearer.ts'
import { splitList } from './read-claims.ts'

/** An edge with the token to call it with. */
export type Pair =
  /** `PUT /v1/clusters/...`, with a token that names the edge's key. */
  | {
      readonly style: 'document'
      readonly edge: URL
      readonly token: string
      readonly tokenId: string
      readonly fingerprint: string
    }
  /** The original's `POST /hooks/update-haproxy`, with the word that both sides share. */
  | { readonly style: 'hook'; readonly edge: URL; readonly token: string }

/**
 * Gives each edge its token: all the same one, or one each in their order. A token that begins with `hp1.` makes the
 * new call; any other makes the original one, to a URL that has its path.
 * @throws Error saying what does not fit, without the token.
 */
export function pairTokens(edges: readonly URL[], text: string): Pair[] {
  const tokens = splitList(text)
  if (tokens.length !== 1 && tokens.length !== edges.length) {
    throw new Error(`${tokens.length} tokens for ${edges.length} edges: give one, or one for each`)
  }
  return edges.map((edge, index) => pair(edge, tokens[index] ?? tokens[0] ?? ''))
}

function pair(edge: URL, token: string): Pair {
  if (token.startsWith('hp1.')) {
    const bearer = parseBearer(token)
    if (!bearer) throw new Error('the token is damaged: it is no hp1.<fingerprint>.<id>.<secret>')
    if (edge.protocol !== 'https:')
      throw new Error(`${edge.origin} would send the token in the clear: use https`)
    const { id, fingerprint } = bearer
    // WEBHOOK with the original's path means the same edge: the new call has paths of its own.
    const root = new URL(edge.pathname.startsWith('/hooks/') ? '/' : edge.href, edge)
    return { style: 'document', edge: root, token, tokenId: id, fingerprint }
  }
  if (edge.pathname === '/') {
    throw new Error(
      `the token is none of Homeport's (hp1...), and ${edge.origin} has no path like /hooks/update-haproxy`,
    )
  }
  return { style: 'hook', edge, token }
}
