import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import { labelsOf } from './label-names.ts'

const ANNOTATION = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

/** Labels that nobody here reads: some program in the cluster may. */
export function readAnnotations(
  service: CanonicalService,
  path: Path,
  findings: Findings,
): Record<string, string> {
  const kept: [string, string][] = []
  for (const [label, value] of labelsOf(service)) {
    if (/^traefik\./i.test(label) || label.startsWith('homeport.dev/')) continue
    // What belongs to Kubernetes itself has a meaning there.
    if (ANNOTATION.test(label) && !/kubernetes\.io\//.test(label)) kept.push([label, value])
    else findings.warn([...path, 'labels', label], `Kubernetes takes no annotation ${label}: it is dropped`)
  }
  return Object.fromEntries(kept)
}
