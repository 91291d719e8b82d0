import type { StackContext } from './context.ts'
import { judgeNodeVolume, refuseApart } from './node-volumes.ts'
import type { Claim } from './stack-model.ts'
import type { Storage } from './storage.ts'

export interface Sharing {
  readonly claims: Claim[]
  /** By service: the first of the claims for whose sake it runs with others on one node. */
  readonly togetherOf: ReadonlyMap<string, string>
  /** Services that mount a claim which one node at a time can have. */
  readonly oneWriter: ReadonlySet<string>
}

/** What several pods use, they use on one node, or the storage lets many nodes at it. */
export function sharing({ claims, mountsOf }: Storage, context: StackContext): Sharing {
  const { stack, options, findings } = context
  const usersOf = new Map<string, Set<string>>()
  const writersOf = new Map<string, Set<string>>()
  for (const [key, mounts] of mountsOf) {
    for (const mount of mounts) {
      if (mount.kind !== 'claim') continue
      usersOf.set(mount.claim, (usersOf.get(mount.claim) ?? new Set()).add(key))
      if (!mount.readOnly) writersOf.set(mount.claim, (writersOf.get(mount.claim) ?? new Set()).add(key))
    }
  }
  const togetherOf = new Map<string, string[]>()
  const oneWriter = new Set<string>()
  const shared: Claim[] = []
  for (const claim of claims.values()) {
    const isRefused = judgeNodeVolume(claim, writersOf.get(claim.name) ?? [], context)
    const users = [...(usersOf.get(claim.name) ?? [])]
    const everywhere = users.filter((key) => stack.services.get(key)?.deploy.mode === 'global')
    const several =
      users.length > 1 || users.some((key) => (stack.services.get(key)?.deploy.replicas ?? 1) > 1)
    const apart = users.filter((key) => {
      const { placement, replicas = 1 } = stack.services.get(key)?.deploy ?? { placement: undefined }
      const most = placement?.max_replicas_per_node ?? 0
      return most > 0 && replicas > most
    })
    const [first = ''] = everywhere
    const needsMany = everywhere.length > 0 || (several && options.sharedVolumes === 'ReadWriteMany')
    if (everywhere.length > 0 && !claim.many && !isRefused)
      findings.warn(
        ['services', first, 'volumes'],
        `the volume ${claim.name} is needed on every node: its storage has to be able to do that (ReadWriteMany)`,
        'Choose such storage with --storage-class, or NFS.',
      )
    const many = claim.many || needsMany
    const areApart = refuseApart(claim, users, many, context)
    shared.push(many ? { ...claim, many } : claim)
    if (many || areApart) continue
    for (const key of users) {
      oneWriter.add(key)
      if (several) togetherOf.set(key, [...(togetherOf.get(key) ?? []), claim.name])
    }
    if (!several) continue
    const path = ['services', users[0] ?? '', 'volumes']
    const who = users.length > 1 ? users.join(', ') : `all tasks of ${users[0]}`
    findings.warn(
      path,
      `${who} run on one node, for they share the volume ${claim.name}`,
      'Choose --shared-volumes ReadWriteMany where the storage can do that.',
    )
    if (apart.length > 0)
      findings.refuse(
        ['services', apart[0] ?? '', 'deploy', 'placement', 'max_replicas_per_node'],
        `the tasks are to run apart, and share the volume ${claim.name}`,
        'Choose --shared-volumes ReadWriteMany, or take max_replicas_per_node out.',
      )
  }
  return { claims: shared, togetherOf: groups(togetherOf), oneWriter }
}

/**
 * Who shares a claim with one and another claim with others runs with all of them. They are one group, under the name of one
 * claim: of several groups the scheduler would look for a node where one pod is in all.
 */
function groups(claimsOf: ReadonlyMap<string, readonly string[]>): Map<string, string> {
  const parents = new Map<string, string>()
  const rootOf = (claim: string): string => {
    const parent = parents.get(claim) ?? claim
    return parent === claim ? claim : rootOf(parent)
  }
  for (const [first = '', ...others] of claimsOf.values()) {
    for (const other of others) {
      const [root = '', below = ''] = [rootOf(first), rootOf(other)].toSorted()
      parents.set(below, root)
    }
  }
  return new Map([...claimsOf].map(([key, [first = '']]) => [key, rootOf(first)]))
}
