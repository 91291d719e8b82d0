import type { CanonicalService } from '../canonical.ts'
import type { CanonicalVolumeMount } from '../canonical-service.ts'
import type { Path } from '../place.ts'
import { withoutShields } from './anonymous-volumes.ts'
import type { StackContext } from './context.ts'
import { looksLikeFile, looksSecret } from './file-kind.ts'
import { type FileShelf, fileKey } from './file-objects.ts'
import { canonicalPath, hostPathRule, isTimeZone } from './host-paths.ts'
import { HOST_PATHS, labelsOf } from './label-names.ts'
import { readSubPath, readTmpfs, reportOptions } from './mount-options.ts'
import type { Mount } from './service-model.ts'
import { standInFor } from './stand-ins.ts'
import { COPY, TEMPLATE, type VolumeModel } from './volumes.ts'

/** A folder of the host. Which volume it is in is known when all folders are. */
export interface FolderMount {
  readonly folder: string
  readonly target: string
  readonly readOnly: boolean
  readonly path: Path
}

/** A file of the host that cannot be read here. It may lie in a folder that is a volume: that is known when all folders are. */
export interface UnreadFile {
  readonly file: string
  readonly target: string
  readonly readOnly: boolean
  readonly path: Path
  readonly detail: string
  readonly remedy: string
}

export type Found = Mount | FolderMount | UnreadFile
type Where = { readonly target: string; readonly readOnly: boolean; readonly path: Path }

/** Reads the mounts of services, and classifies each. */
export class MountReader {
  /** Names of the claims that are mounted. */
  readonly used = new Set<string>()
  /** Services that took their time zone from the host. */
  readonly zoned = new Set<string>()
  readonly #context: StackContext
  readonly #shelf: FileShelf
  readonly #volumes: ReadonlyMap<string, VolumeModel | undefined>

  constructor(
    context: StackContext,
    shelf: FileShelf,
    volumes: ReadonlyMap<string, VolumeModel | undefined>,
  ) {
    this.#context = context
    this.#shelf = shelf
    this.#volumes = volumes
  }

  read(key: string, service: CanonicalService): Found[] {
    const path = ['services', key]
    const { findings, stack } = this.#context
    const read = service.volumes.map((mount, index) => {
      const at = [...path, 'volumes', index]
      return { mount, found: this.#mount(mount, key, service, at), path: at }
    })
    const mounts = withoutShields(read, stack.compose !== undefined, findings)
    const memory = service.tmpfs.map((text, index) => readTmpfs(text, [...path, 'tmpfs', index], findings))
    return [...mounts, ...memory]
  }

  #mount(mount: CanonicalVolumeMount, key: string, service: CanonicalService, path: Path): Found[] {
    const { findings, stack } = this.#context
    const where = { target: mount.target ?? '', readOnly: mount.read_only, path }
    if (!where.target.startsWith('/')) {
      findings.refuse(
        path,
        `${where.target || 'nothing'} is no path in the container`,
        'Write an absolute path as target.',
      )
      return []
    }
    if (!stack.compose && `${mount.source}${where.target}`.includes('{{')) {
      findings.refuse(path, TEMPLATE.detail, TEMPLATE.remedy)
      return []
    }
    reportOptions(mount, path, findings)
    if (mount.type === 'tmpfs')
      return [
        { kind: 'memory', size: mount.tmpfs?.size ?? 0, target: where.target, readOnly: where.readOnly },
      ]
    if (mount.type === 'bind') return this.#bind(mount.source ?? '/', where, key, service)
    if (mount.type === 'volume') return this.#volume(mount, where, key, service)
    findings.refuse(
      [...path, 'type'],
      `there is no mount of type ${mount.type} here`,
      'Write volume, bind or tmpfs.',
    )
    return []
  }

  #volume(mount: CanonicalVolumeMount, where: Where, key: string, service: CanonicalService): Found[] {
    const { target, readOnly, path } = where
    const { source } = mount
    if (source === undefined || source === '') return [{ kind: 'scratch', target, readOnly }]
    if (!this.#context.stack.volumes.has(source)) {
      const remedy = source.includes('/')
        ? `Write /${source} for a path of the host, or ./${source} for one beside the file.`
        : `Write it at the top: volumes: ${source}:, or ./${source} where the folder beside the file is meant.`
      this.#context.findings.refuse([...path, 'source'], `there is no volume ${source}`, remedy)
      return []
    }
    const volume = this.#volumes.get(source)
    if (volume === undefined) return []
    if (volume.kind === 'memory') return [{ kind: 'memory', size: volume.size, target, readOnly }]
    if (volume.kind === 'bind') return this.#bind(volume.source, where, key, service)
    const subPath = readSubPath(mount, path, this.#context.findings)
    if (subPath === undefined) return []
    this.used.add(volume.claim.name)
    return [
      {
        kind: 'claim',
        claim: volume.claim.name,
        owner: volume.claim.owner,
        subPath,
        target,
        readOnly: readOnly || volume.claim.nfs?.readOnly === true,
      },
    ]
  }

  #bind(written: string, where: Where, key: string, service: CanonicalService): Found[] {
    const { findings } = this.#context
    const { target, readOnly, path } = where
    if (/^([a-z]:|\\\\)/i.test(written)) {
      findings.refuse(
        path,
        `${written} is a path of Windows, and the nodes are Linux`,
        'Write a path of Linux, or a named volume.',
      )
      return []
    }
    const source = canonicalPath(written)
    if (isTimeZone(source)) {
      this.zoned.add(key)
      return []
    }
    if (source === '/dev/shm') return [{ kind: 'memory', size: 0, target, readOnly }]
    if (standInFor(service)?.leaves(source)) return []
    const rule = hostPathRule(source)
    if (rule === undefined) return this.#fileOrFolder(source, written.endsWith('/'), where)
    if (labelsOf(service).get(HOST_PATHS) === 'allow') return [{ kind: 'host', source, target, readOnly }]
    if (rule.fate === 'refuse')
      findings.refuse(path, `${source} is not given to a pod: ${rule.reason}`, rule.remedy)
    else findings.warn(path, `${source} is left out: ${rule.reason}`, rule.remedy)
    return []
  }

  #fileOrFolder(source: string, isFolder: boolean, { target, readOnly, path }: Where): Found[] {
    const { findings, files, options } = this.#context
    const answer = files.read(source)
    const own = source.startsWith(`${options.folder}/`) ? source.slice(options.folder.length + 1) : ''
    if ('refused' in answer && answer.refused === 'missing' && /^\.[^/]/.test(own))
      findings.warn(path, `there is no ${own} beside the stack`, `Write ./${own.slice(1)} if that is meant.`)
    if ('bytes' in answer) {
      if (!readOnly)
        findings.warn(
          path,
          `${source} is read-only in the pod: it comes from the stack`,
          'Put a file that the service writes on a volume.',
        )
      const from = looksSecret(source) ? 'Secret' : 'ConfigMap'
      const key = fileKey(source)
      const name = this.#shelf.keep(from, key.replace(/^\.+/, ''), key, answer.bytes, path)
      return [
        { kind: 'file', from, name, key, mode: from === 'Secret' ? 0o444 : 0o555, target, readOnly: true },
      ]
    }
    if (
      answer.refused === 'too-large' ||
      (answer.refused !== 'directory' && !isFolder && looksLikeFile(source, target))
    ) {
      const remedy = answer.remedy || 'Put the file there, or take the mount out.'
      return [{ file: source, target, readOnly, path, detail: answer.detail, remedy }]
    }
    findings.warn(path, `${source} becomes a volume, which is empty at first`, COPY)
    return [{ folder: source, target, readOnly, path }]
  }
}
