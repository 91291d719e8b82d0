import type { CanonicalVolume } from '../canonical.ts'
import { dnsName } from '../names.ts'
import type { Path } from '../place.ts'
import { readVolumeAnnotations } from './annotations.ts'
import type { StackContext } from './context.ts'
import type { Findings } from './findings.ts'
import { OWNER, SIZE } from './label-names.ts'
import { readTmpfsSize } from './mount-options.ts'
import { readOwner } from './owner.ts'
import type { Claim, NfsShare } from './stack-model.ts'

/** What a volume of the top level is: a claim, or one of Docker's ways to say something else. */
export type VolumeModel =
  | { readonly kind: 'claim'; readonly claim: Claim }
  | { readonly kind: 'bind'; readonly source: string }
  /** `size` in bytes; 0: no limit. */
  | { readonly kind: 'memory'; readonly size: number }

/** Swarm makes a volume of each task of it; here it would be one that all tasks write to. */
export const TEMPLATE = {
  detail: 'a volume is the same for all tasks: Kubernetes fills in no templates there',
  remedy: 'Write one service a task, each with a volume of its own.',
} as const

/** How data come to a volume that is empty. */
export const COPY = 'Copy what is in it, as docs/from-swarm.md has it.'

const QUANTITY = /^[1-9]\d*(\.\d+)?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/

/** Reads a volume; undefined where it is refused. */
export function readVolume(
  key: string,
  volume: CanonicalVolume,
  context: StackContext,
): VolumeModel | undefined {
  const { findings, digest, options } = context
  const at = ['volumes', key]
  const opts = volume.driver_opts
  const type = opts.get('type') ?? ''
  reportOptions(volume, at, findings)
  if (!context.stack.compose && volume.name?.includes('{{')) {
    findings.refuse([...at, 'name'], TEMPLATE.detail, TEMPLATE.remedy)
    return undefined
  }
  const isLocal = volume.driver === undefined || volume.driver === 'local'
  const name = dnsName(volume.name ?? key, digest)
  const claim: Claim = {
    name,
    size: options.volumeSize,
    owner: readOwner(volume.labels, [...at, 'labels', OWNER], findings),
    many: false,
    local: isLocal && !volume.external,
    hostPath: '',
    external: volume.external,
    annotations: readVolumeAnnotations(volume.labels, at, findings),
  }
  if (volume.external) {
    findings.warn(
      at,
      `the claim ${name} has to be there before`,
      `kubectl -n ${context.namespace} get pvc ${name}`,
    )
    return { kind: 'claim', claim }
  }
  if (isLocal && /^nfs4?$/.test(type)) {
    const nfs = readNfs(opts)
    if (nfs) return { kind: 'claim', claim: { ...claim, many: true, local: false, nfs } }
    findings.refuse(
      [...at, 'driver_opts'],
      'this NFS share names no server or no path',
      'Write o: "addr=10.0.0.1,rw" and device: ":/path".',
    )
    return undefined
  }
  if (isLocal && type === 'tmpfs')
    return {
      kind: 'memory',
      size: readTmpfsSize(opts.get('o') ?? '', key, [...at, 'driver_opts', 'o'], findings),
    }
  if (isLocal && /(^|,)r?bind(,|$)/.test(opts.get('o') ?? ''))
    return { kind: 'bind', source: opts.get('device') ?? '/' }
  if (isLocal && type !== '' && type !== 'none') {
    findings.refuse(
      [...at, 'driver_opts', 'type'],
      `a volume of type ${type} needs a driver in the cluster`,
      'Install its CSI driver (csi-driver-smb for cifs), make a claim with it, and write external: true.',
    )
    return undefined
  }
  if (!isLocal)
    findings.warn(
      [...at, 'driver'],
      `the storage of the cluster stands for the driver ${volume.driver}`,
      'Choose another with --storage-class.',
    )
  return { kind: 'claim', claim: { ...claim, size: readSize(key, volume, context) } }
}

/** Of the options of a driver: those that are read. */
const READ_OPTIONS = new Set(['type', 'o', 'device', 'size'])

function reportOptions({ driver, driver_opts: opts }: CanonicalVolume, path: Path, findings: Findings): void {
  for (const option of opts.keys()) {
    if (!READ_OPTIONS.has(option))
      findings.warn(
        [...path, 'driver_opts', option],
        `driver_opts.${option} is dropped: the driver ${driver ?? 'local'} is none of Kubernetes`,
        'A StorageClass of the cluster says such things: --storage-class.',
      )
  }
}

/** The size in a label, or as the drivers of Docker have it: a number is one of gigabytes. */
function readSize(
  key: string,
  { labels, driver_opts: opts }: CanonicalVolume,
  { findings, options }: StackContext,
): string {
  const label = labels.get(SIZE)
  if (label !== undefined && QUANTITY.test(label)) return label
  if (label !== undefined)
    findings.refuse(['volumes', key, 'labels', SIZE], `${label} is no size`, 'Write 20Gi.')
  const size = opts.get('size')
  if (size === undefined) return options.volumeSize
  const [, amount = '', unit = ''] = /^([1-9]\d{0,8})\s*([kmgt]?)i?b?$/i.exec(size) ?? []
  if (amount !== '') return `${amount}${{ '': 'Gi', k: 'Ki', m: 'Mi', g: 'Gi', t: 'Ti' }[unit.toLowerCase()]}`
  findings.warn(
    ['volumes', key, 'driver_opts', 'size'],
    `${size} is no size here: it becomes ${options.volumeSize}`,
    `Write the label ${SIZE}: 20Gi.`,
  )
  return options.volumeSize
}

function readNfs(opts: ReadonlyMap<string, string>): NfsShare | undefined {
  const words = (opts.get('o') ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  const device = opts.get('device') ?? ''
  const [, host, path = ''] = /^(\[[^\]]+\]|[^:[\]]*):(\/.*)$/.exec(device) ?? []
  const address = words.find((word) => word.startsWith('addr='))?.slice('addr='.length) || host
  const server = address?.replace(/^\[|\]$/g, '')
  if (!server || path === '') return undefined
  const options = words.filter((word) => !/^(addr=.*|rw|ro)$/.test(word))
  return { server, path, options, readOnly: words.includes('ro') }
}
