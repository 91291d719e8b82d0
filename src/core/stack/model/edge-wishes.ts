import { parseRange } from '../../address/range.ts'
import { ALLOW, CHECK, EDGES, PROXY_PROTOCOL } from '../../annotation-names.ts'
import type { CanonicalService } from '../canonical.ts'
import type { Findings } from './findings.ts'
import { labelsOf } from './label-names.ts'
import { labelPath } from './traefik/label-paths.ts'

interface Wish {
  readonly fits: (text: string) => boolean
  readonly remedy: string
}

const WISHES: Readonly<Record<string, Wish>> = {
  [PROXY_PROTOCOL]: { fits: (text) => /^(off|v1|v2)$/i.test(text), remedy: 'Write off, v1 or v2.' },
  [CHECK]: {
    fits: (text) => /^(none|tcp(:\d{1,5})?|http(:\d{1,5})?:\/\S*)$/.test(text),
    remedy: 'Write tcp, http:/healthz or none.',
  },
  [ALLOW]: {
    fits: (text) => listOf(text).length > 0 && listOf(text).every((range) => parseRange(range) !== undefined),
    remedy: 'Write address ranges: 192.0.2.0/24,2001:db8::/32.',
  },
  [EDGES]: { fits: (text) => listOf(text).length > 0, remedy: 'Name the edges: fra,ams.' },
}

/** What the labels of a service ask of its ports on the edge. */
export function readWishes(
  service: CanonicalService,
  key: string,
  findings: Findings,
): Readonly<Record<string, string>> {
  const wishes: [string, string][] = []
  for (const [label, { fits, remedy }] of Object.entries(WISHES)) {
    const text = labelsOf(service).get(label)?.trim()
    if (text === undefined) continue
    const at = labelPath(service, key, label)
    if (!fits(text)) findings.refuse(at, `${label} cannot be ${JSON.stringify(text)}`, remedy)
    else if (service.ports.length === 0)
      findings.warn(at, `${label} is for published ports, and there are none`, 'Write ports, or take it out.')
    else wishes.push([label, text])
  }
  return Object.fromEntries(wishes)
}

function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '')
}
