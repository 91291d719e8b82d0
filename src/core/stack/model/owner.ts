import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import { OWNER } from './label-names.ts'
import type { ServiceModel } from './service-model.ts'
import type { Claim } from './stack-model.ts'

/** The group that a label says volumes belong to: the second number of `472:472`, or the only one. */
export function readOwner(
  labels: ReadonlyMap<string, string>,
  path: Path,
  findings: Findings,
): number | undefined {
  const text = labels.get(OWNER)
  if (text === undefined) return undefined
  const [, uid, gid = uid] = /^(\d{1,9})(?::(\d{1,9}))?$/.exec(text) ?? []
  if (gid !== undefined) return Number(gid)
  findings.refuse(path, `${text} is no owner of a volume`, 'Write its number: 472, or 472:472.')
  return undefined
}

/** Docker gives a new volume to the owner of the image's folder. Here nobody has looked into the image. */
export function tellOfOwners(
  services: readonly ServiceModel[],
  claims: readonly Claim[],
  findings: Findings,
): void {
  const made = new Set(claims.filter(({ external, nfs }) => !external && !nfs).map(({ name }) => name))
  const unknown = services.filter(
    ({ mounts, security }) =>
      security.uid === undefined &&
      security.owner === undefined &&
      mounts.some(
        (mount) =>
          mount.kind === 'claim' && !mount.readOnly && made.has(mount.claim) && mount.owner === undefined,
      ),
  )
  const [first] = unknown
  if (first)
    findings.warn(
      [...first.path, 'volumes'],
      `new volumes belong to root, and not to the user of the image as Docker has it: those of ${unknown.map(({ key }) => key).join(', ')}`,
      `Where the image runs as somebody else from its start, say who that is in the labels of the service or volume, ${OWNER}: 472, or with user.`,
    )
}
