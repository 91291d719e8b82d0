import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'

/** Where a secret or config is that says no absolute path. */
const FOLDERS = { secrets: '/run/secrets/', configs: '/' } as const

/** The path of a secret or config in the container. */
export function fileTarget(
  kind: 'secrets' | 'configs',
  { source = '', target }: { readonly source?: string | undefined; readonly target?: string | undefined },
): string {
  const path = target || source
  return path.startsWith('/') ? path : `${FOLDERS[kind]}${path}`
}

/** One place in a container shows one thing: Swarm starts no such task, and Kubernetes takes no such pod. */
export function refuseTwinTargets(service: CanonicalService, path: Path, findings: Findings): void {
  const targets = new Set<string>()
  for (const [kind, index, target] of targetsOf(service)) {
    const plain = target.replace(/\/+$/, '')
    if (targets.has(plain))
      findings.refuse(
        [...path, kind, index],
        `two mounts have the target ${target}`,
        'Give each a target of its own, or keep one of the two.',
      )
    targets.add(plain)
  }
}

function targetsOf(service: CanonicalService): (readonly [kind: string, index: number, target: string])[] {
  return [
    ...service.volumes.map(({ target = '' }, index) => ['volumes', index, target] as const),
    ...service.tmpfs.map((text, index) => ['tmpfs', index, text.split(':')[0] ?? text] as const),
    ...(['secrets', 'configs'] as const).flatMap((kind) =>
      service[kind].map((reference, index) => [kind, index, fileTarget(kind, reference)] as const),
    ),
  ]
}
