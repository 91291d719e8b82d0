/** There is no token to call an edge with. */
export class TokenUnreadable extends Error {
  override readonly name = 'TokenUnreadable'
}
