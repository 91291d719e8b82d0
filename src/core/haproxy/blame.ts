import type { Refusal } from '../refusal.ts'
import type { PortKey } from '../route.ts'
import type { Complaint } from './complaint.ts'
import { type Config, sectionAtLine } from './config.ts'

export interface Blame {
  /** The routes at fault, each with HAProxy's words. */
  readonly routes: ReadonlyMap<PortKey, Refusal>
  /** What lies in no route of ours: in haproxy.d, say. */
  readonly others: readonly string[]
}

/** @param files The names under which HAProxy read `config`. */
export function blame(complaints: readonly Complaint[], config: Config, files: readonly string[]): Blame {
  const routes = new Map<PortKey, Refusal>()
  const others: string[] = []
  for (const complaint of complaints) {
    const key = routeAtFault(complaint, config, files)
    if (key === undefined) others.push(complaint.text)
    else if (!routes.has(key)) routes.set(key, refusalFor(complaint.text))
  }
  return { routes, others }
}

function routeAtFault(
  { file, line, proxy }: Complaint,
  config: Config,
  files: readonly string[],
): PortKey | undefined {
  if (file !== undefined && line !== undefined) {
    return files.includes(file) ? sectionAtLine(config, line) : undefined
  }
  return proxy !== undefined && config.sections.has(proxy) ? proxy : undefined
}

/** HAProxy's words as a refusal. The system's own words for a listener that failed are the same in 2.6 and 3.0. */
export function refusalFor(text: string): Refusal {
  if (text.includes('cannot bind') || text.includes('cannot listen')) {
    if (text.includes('Address already in use')) return { code: 'port-taken-on-host', detail: text }
    if (text.includes('Permission denied')) return { code: 'port-not-permitted', detail: text }
  }
  return { code: 'haproxy-refused', detail: text }
}
