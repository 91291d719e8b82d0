import type { CanonicalVolumeMount } from '../canonical-service.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import type { Found } from './mounts.ts'

/** A mount as it is written, and what is found of it. */
export interface Read {
  readonly mount: CanonicalVolumeMount
  readonly found: readonly Found[]
  readonly path: Path
}

/**
 * Docker puts into a volume without a name what the image has at its place; here it is empty. In Compose such a one often
 * shields what the image has from a folder of the host that lies over it (`./:/app`, `/app/node_modules`): where that
 * folder is a volume itself there is nothing behind the shield.
 */
export function withoutShields(all: readonly Read[], isCompose: boolean, findings: Findings): Found[] {
  const folders = all.flatMap(({ found }) => found.flatMap((one) => ('folder' in one ? [one] : [])))
  return all.flatMap(({ mount, found, path }) => {
    const target = mount.target ?? ''
    if (mount.type !== 'volume' || mount.source || mount.volume?.nocopy || found.length === 0) return found
    const over = folders.find((folder) => target.startsWith(folder.target.replace(/\/*$/, '/')))
    if (isCompose && over) {
      findings.warn(
        path,
        `${target} is left out: it shields what the image has there from ${over.folder}, which is a volume itself here`,
        `Take both out where the image has all that is in ${over.target}; else copy the image's ${target} into that volume too.`,
      )
      return []
    }
    findings.warn(
      path,
      `what the image has at ${target} is not there: the volume without a name is empty at first, where Docker copies it`,
      'Take the mount out where the image has something there.',
    )
    return found
  })
}
