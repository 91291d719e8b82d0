import { errorEntry, isErrorCode } from '../../wire/error-codes.ts'
import { portKey, portOrder } from '../route.ts'
import { edgeTitle } from './edge-title.ts'
import type { ClaimOutcome, EdgeOutcome, ServiceOutcome } from './outcome.ts'
import { listed } from './problem.ts'

/** One thing that is wrong with a Service, wherever it is wrong. */
export interface Grievance {
  readonly code: string
  /** What is wrong, where, and what to do about it: at most `MAX_MESSAGE` characters. */
  readonly message: string
}

/** The API server takes no longer note of an Event. */
export const MAX_MESSAGE = 1024

/**
 * Everything that is wrong with a Service: first what the controller found, then what its edges refuse, one entry a code
 * and edge. Thousands of ports refused for one reason are one thing to know.
 */
export function grievances({ problems, edges }: ServiceOutcome): Grievance[] {
  const found = problems.map(({ code, message }) => grievance(code, message))
  const refused = edges.toSorted(byEdge).flatMap(({ edge, claims }) => {
    const byCode = new Map<string, string[]>()
    for (const { fate } of claims.toSorted(byPort)) {
      if (fate.state !== 'refused') continue
      const details = byCode.get(fate.code) ?? []
      details.push(plain(fate.detail))
      byCode.set(fate.code, details)
    }
    return [...byCode].map(([code, details]) =>
      grievance(code, `${edgeTitle(edge)}: ${listed([...new Set(details)])}`),
    )
  })
  return [...found, ...refused]
}

/**
 * Ports that are live without a backend that takes connections, one entry an edge: that is not the edge's fault, and
 * nothing that the edge could tell of a claim is wrong.
 */
export function backendsDown({ edges }: ServiceOutcome): Grievance[] {
  return edges.toSorted(byEdge).flatMap(({ edge, claims }) => {
    const reasons = claims
      .toSorted(byPort)
      .flatMap(({ fate }) => (fate.state === 'live' && fate.down !== undefined ? [plain(fate.down)] : []))
    if (reasons.length === 0) return []
    return [
      grievance(
        'backends-down',
        `${edgeTitle(edge)}: none of the nodes takes connections: ${listed([...new Set(reasons)])}`,
      ),
    ]
  })
}

function byEdge(a: EdgeOutcome, b: EdgeOutcome): number {
  return a.edge < b.edge ? -1 : 1
}

function byPort({ claim: a }: ClaimOutcome, { claim: b }: ClaimOutcome): number {
  return portOrder(portKey(a.protocol ?? 'tcp', a.port)) - portOrder(portKey(b.protocol ?? 'tcp', b.port))
}

function grievance(code: string, what: string): Grievance {
  const remedy = isErrorCode(code) ? ` ${errorEntry(code).remedy}` : ''
  // What to do is said whole: it is what is wrong that can be long.
  const room = MAX_MESSAGE - remedy.length - 1
  return { code, message: `${shortened(what, room)}.${remedy}` }
}

export function shortened(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room - 3)}...` : text
}

/** An edge's words end up in the log of an API server. */
function plain(text: string): string {
  return text
    .slice(0, MAX_MESSAGE)
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/\.$/, '')
}
