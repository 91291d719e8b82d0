import { dnsName } from '../names.ts'
import type { StackContext } from './context.ts'
import type { FileShelf } from './file-objects.ts'
import { foldPaths } from './fold.ts'
import { type FolderMount, type Found, MountReader } from './mounts.ts'
import type { Mount } from './service-model.ts'
import type { Claim } from './stack-model.ts'
import { COPY, readVolume, type VolumeModel } from './volumes.ts'

/** What a stack keeps, and where its services see it. */
export interface Storage {
  /** By name: those that a service mounts. */
  readonly claims: ReadonlyMap<string, Claim>
  readonly mountsOf: ReadonlyMap<string, readonly Mount[]>
  /** Services that took their time zone from the host. */
  readonly zoned: ReadonlySet<string>
}

/** Reads all mounts of all services: only together do they say which folders are one volume. */
export function readStorage(context: StackContext, shelf: FileShelf): Storage {
  const volumes = new Map<string, VolumeModel | undefined>()
  for (const [key, volume] of context.stack.volumes) volumes.set(key, readVolume(key, volume, context))
  const reader = new MountReader(context, shelf, volumes)
  const found = new Map([...context.stack.services].map(([key, service]) => [key, reader.read(key, service)]))
  const claims = new Map<string, Claim>()
  for (const volume of volumes.values()) {
    if (volume?.kind === 'claim' && reader.used.has(volume.claim.name))
      claims.set(volume.claim.name, volume.claim)
  }
  const folders = [...found.values()].flat().filter(isFolder)
  const folded = foldPaths(folders.map(({ folder }) => folder))
  const inVolume = (
    source: string,
    { target, readOnly }: { target: string; readOnly: boolean },
    subPath: string,
  ): Mount => {
    const claim = folderClaim(source, context)
    claims.set(claim.name, claim)
    return { kind: 'claim', claim: claim.name, subPath, target, readOnly }
  }
  const mountOf = (mount: Found): Mount[] => {
    if (isFolder(mount)) {
      const { root = mount.folder, subPath = '' } = folded.get(mount.folder) ?? {}
      return [inVolume(root, mount, subPath)]
    }
    if (!('file' in mount)) return [mount]
    const root = folderAround(mount.file, folded)
    if (root === undefined) {
      context.findings.refuse(mount.path, mount.detail, mount.remedy)
      return []
    }
    context.findings.warn(
      mount.path,
      `${mount.file} has to be in the volume of ${root} before the service starts`,
      'Copy it there: kubectl cp.',
    )
    return [inVolume(root, mount, mount.file.slice(root.length + 1))]
  }
  const inFolder = (mount: Mount): Mount => {
    const claim = mount.kind === 'claim' ? claims.get(mount.claim) : undefined
    if (mount.kind !== 'claim' || !claim || claim.external || claim.nfs) return mount
    return { ...mount, subPath: mount.subPath === '' ? FOLDER : `${FOLDER}/${mount.subPath}` }
  }
  const mountsOf = new Map([...found].map(([key, mounts]) => [key, mounts.flatMap(mountOf).map(inFolder)]))
  tellOfNeighbours(folders, context)
  tellOfEmpty(volumes, reader.used, context)
  return { claims, mountsOf, zoned: reader.zoned }
}

/**
 * What a new volume shows is a folder of it: at its root a file system of its own has `lost+found`, and databases begin in
 * nothing but an empty folder.
 */
const FOLDER = 'data'

/** Once for all volumes that have a name. */
function tellOfEmpty(
  volumes: ReadonlyMap<string, VolumeModel | undefined>,
  used: ReadonlySet<string>,
  { findings }: StackContext,
): void {
  const empty = [...volumes].filter(([, volume]) => {
    if (volume?.kind !== 'claim') return false
    const { name, external, nfs } = volume.claim
    return used.has(name) && !external && !nfs
  })
  const [first] = empty
  if (first)
    findings.warn(['volumes', first[0]], `empty at first: ${empty.map(([key]) => key).join(', ')}`, COPY)
}

function isFolder(mount: Found): mount is FolderMount {
  return 'folder' in mount
}

/** The volume of the folder that a file is in, where the stack has one. */
function folderAround(
  file: string,
  folded: ReadonlyMap<string, { readonly root: string }>,
): string | undefined {
  for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
    const found = folded.get(file.slice(0, end))
    if (found) return found.root
  }
  return undefined
}

/** A folder below the stack's own is named after its path in it: it is the same wherever the stack's folder lies. */
function folderClaim(folder: string, { options, digest }: StackContext): Claim {
  const own = options.folder === '/' ? undefined : `${options.folder}/`
  const text = own !== undefined && `${folder}/`.startsWith(own) ? `./${folder.slice(own.length)}` : folder
  return {
    name: dnsName(text, digest),
    size: options.volumeSize,
    many: false,
    local: true,
    hostPath: text,
    external: false,
    annotations: {},
  }
}

/** What several stacks had in common on the host they do not have in common in volumes of their own. */
function tellOfNeighbours(folders: readonly FolderMount[], { options, findings }: StackContext): void {
  for (const { namespace, hostPaths } of options.neighbours) {
    for (const { folder, path } of folders) {
      const shared = hostPaths.find(
        (other) => `${other}/`.startsWith(`${folder}/`) || `${folder}/`.startsWith(`${other}/`),
      )
      if (shared !== undefined)
        findings.warn(
          path,
          `the stack ${namespace} keeps ${shared} in a volume of its own: from here on the two differ`,
          'Put both into one stack, or on a share that both mount (NFS).',
        )
    }
  }
}
