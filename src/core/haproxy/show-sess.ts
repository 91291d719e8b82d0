/** A session as `show sess` tells of it. */
export interface Session {
  /** What `shutdown session` names it by; good for as long as it lasts. */
  readonly id: string
  /** The proxy and the server that it goes to. */
  readonly proxy: string
  readonly server: string
}

const LINE = /^(0x[0-9a-f]+): .* be=(\S+) srv=(\S+) /

/** Reads a reply of `show sess`: those that have a server. */
export function parseShowSess(reply: string): Session[] {
  return reply.split('\n').flatMap((line) => {
    const [, id, proxy, server] = LINE.exec(line) ?? []
    return id && proxy && server && server !== '<none>' ? [{ id, proxy, server }] : []
  })
}
