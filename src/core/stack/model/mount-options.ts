import type { CanonicalVolumeMount } from '../canonical-service.ts'
import type { Path } from '../place.ts'
import { readSize } from '../values/size.ts'
import type { Findings } from './findings.ts'
import type { Mount } from './service-model.ts'

/** Reports what a mount says that no mount of Kubernetes does. */
export function reportOptions(
  { bind, consistency }: CanonicalVolumeMount,
  path: Path,
  findings: Findings,
): void {
  const propagation = bind?.propagation
  if (propagation !== undefined && !/^r?private$/.test(propagation))
    findings.warn(
      path,
      `the propagation ${propagation} is dropped: what is mounted on the node later is not seen in the pod`,
      'Take it out where nothing is mounted later.',
    )
  if (consistency !== undefined)
    findings.warn(path, `consistency is dropped: ${consistency} is for Docker Desktop`, 'Take it out.')
}

/** The folder of a volume that is mounted in its place; undefined where it leads out of it. */
export function readSubPath(
  { volume }: CanonicalVolumeMount,
  path: Path,
  findings: Findings,
): string | undefined {
  const parts = (volume?.subpath ?? '').split('/').filter((part) => part !== '' && part !== '.')
  if (!parts.includes('..') && !volume?.subpath?.startsWith('/')) return parts.join('/')
  findings.refuse(
    [...path, 'volume', 'subpath'],
    `${volume?.subpath} leads out of the volume`,
    'Write folder/in/it.',
  )
  return undefined
}

/** `/run:size=64m,mode=1777`, a service's own `tmpfs`. */
export function readTmpfs(text: string, path: Path, findings: Findings): Mount {
  const [target = '', options = ''] = text.split(':')
  return { kind: 'memory', size: readTmpfsSize(options, target, path, findings), target, readOnly: false }
}

/** Of `size=64m,mode=1777` the size, in bytes; 0: no limit. What else it says is reported. */
export function readTmpfsSize(options: string, of: string, path: Path, findings: Findings): number {
  let size = 0
  for (const option of options.split(',').filter((one) => one !== '')) {
    const [, amount] = /^size=(.*)$/i.exec(option) ?? []
    const read = amount === undefined ? undefined : readSize(amount)
    if (read !== undefined) size = read
    else if (!/^(rw|mode=0?1777)$/i.test(option))
      findings.warn(path, `${option} of the tmpfs ${of} is dropped`, 'Kubernetes knows a size alone.')
  }
  return size
}
