import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import { isSecret } from '../secrecy.ts'
import type { Findings } from './findings.ts'
import { labelFault, labelsOf, SNAPSHOTS } from './label-names.ts'
import { isOthersLabel } from './others-labels.ts'
import { labelPath } from './traefik/label-paths.ts'

/** A prefix that is a DNS subdomain, and a name. */
const ANNOTATION =
  /^((?=[^/]{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

/** The labels of a service that nobody here reads: some program in the cluster may. */
export function readAnnotations(
  service: CanonicalService,
  path: Path,
  findings: Findings,
): Record<string, string> {
  const others = [...labelsOf(service)].filter(
    ([label]) => !/^traefik\./i.test(label) && !isOthersLabel(label),
  )
  const at = (label: string) => labelPath(service, String(path[1]), label)
  return kept(others, 'service', at, findings)
}

/** The labels of a volume: what its claim is annotated with. */
export function readVolumeAnnotations(
  labels: ReadonlyMap<string, string>,
  path: Path,
  findings: Findings,
): Record<string, string> {
  return kept([...labels], 'volume', (label) => [...path, 'labels', label], findings)
}

function kept(
  labels: readonly (readonly [string, string])[],
  of: 'service' | 'volume',
  at: (label: string) => Path,
  findings: Findings,
): Record<string, string> {
  const annotations = labels.filter(([label, value]) => {
    const fault = labelFault(label, of)
    if (fault !== undefined) findings.refuse(at(label), `there is no label ${label} of a ${of}`, fault)
    if (label.startsWith('homeport.dev/')) return false
    if (of === 'volume' && label === SNAPSHOTS) return true
    if (isSecret(label, value)) {
      findings.warn(
        at(label),
        `the label ${label} looks like a secret, and whoever may see the object reads its annotations: it is dropped`,
        'Keep it in a secret, or in a variable.',
      )
      return false
    }
    // What belongs to Kubernetes itself has a meaning there.
    if (ANNOTATION.test(label) && !/kubernetes\.io\//.test(label)) return true
    findings.warn(at(label), `Kubernetes takes no annotation ${label}: it is dropped`)
    return false
  })
  return Object.fromEntries(annotations)
}
