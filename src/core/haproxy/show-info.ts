/** What Homeport reads of `show info`. */
export interface ShowInfo {
  readonly version: string
  readonly pid: number
  /** Seconds since this worker started. */
  readonly uptime: number
  /** Client connections open now. */
  readonly connections: number
  readonly description?: string
}

/** Reads a reply of `show info`; undefined where the text is none. Field names are the same from 2.0 to 3.x. */
export function parseShowInfo(reply: string): ShowInfo | undefined {
  const fields = new Map<string, string>()
  for (const line of reply.split('\n')) {
    const colon = line.indexOf(': ')
    if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 2).trim())
  }
  const pid = Number(fields.get('pid'))
  const version = fields.get('version')
  if (!Number.isInteger(pid) || pid <= 0 || version === undefined) return undefined
  const description = fields.get('description')
  return {
    version,
    pid,
    uptime: Number(fields.get('uptime_sec')) || 0,
    connections: Number(fields.get('currconns')) || 0,
    ...(description === undefined ? {} : { description }),
  }
}
