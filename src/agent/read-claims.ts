import type { PortClaim } from './settings.ts'

const FORM = /^(\d{1,5})(?::(\d{1,5}))?(?:\/(tcp|udp))?$/

/**
 * Claims from a text, `8443:30843/tcp,443:30444`: edge port, node port (the same unless told), protocol (tcp).
 * @throws Error naming each part that is none, and each port that is claimed twice.
 */
export function readClaims(text: string): PortClaim[] {
  const faults: string[] = []
  const claims = new Map<string, PortClaim>()
  for (const part of splitList(text)) {
    const claim = readClaim(part)
    if (!claim) {
      faults.push(
        `${JSON.stringify(part)} is no claim like 8443:30843 or 53:30053/udp, with ports from 1 to 65535`,
      )
      continue
    }
    const key = `${claim.protocol}/${claim.port}`
    if (claims.has(key)) faults.push(`${key} is claimed twice`)
    claims.set(key, claim)
  }
  if (claims.size === 0 && faults.length === 0) faults.push('names no port')
  if (faults.length > 0) throw new Error(faults.join(', '))
  return [...claims.values()]
}

/** The parts of a list with commas or white space between them. */
export function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '')
}

function readClaim(text: string): PortClaim | undefined {
  const [, portText, backendText = portText, protocol = 'tcp'] = FORM.exec(text) ?? []
  const port = readPort(portText)
  const backendPort = readPort(backendText)
  if (port === undefined || backendPort === undefined) return undefined
  return { port, backendPort, protocol: protocol === 'udp' ? 'udp' : 'tcp' }
}

/** 1 to 65535, or undefined. */
export function readPort(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined
  const port = Number(text)
  return port >= 1 && port <= 65_535 ? port : undefined
}
