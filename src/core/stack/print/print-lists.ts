import type { CanonicalPort, CanonicalReference, CanonicalVolumeMount } from '../canonical-service.ts'
import { nonZero, someText, whenTrue } from './omit-empty.ts'
import { Fields } from './yaml-text.ts'

/** The address of the host is not printed: Docker drops it. */
export function portFields({ mode, target, published, protocol }: CanonicalPort): Fields {
  return new Fields([
    ['mode', someText(mode)],
    ['target', nonZero(target)],
    ['published', nonZero(published)],
    ['protocol', someText(protocol)],
  ])
}

export function referenceFields({ source, target, uid, gid, mode }: CanonicalReference): Fields {
  return new Fields([
    ['source', someText(source)],
    ['target', someText(target)],
    ['uid', someText(uid)],
    ['gid', someText(gid)],
    ['mode', mode],
  ])
}

export function mountFields(mount: CanonicalVolumeMount): Fields {
  const { bind, volume, tmpfs } = mount
  return new Fields([
    ['type', someText(mount.type)],
    ['source', someText(mount.source)],
    ['target', someText(mount.target)],
    ['read_only', whenTrue(mount.read_only)],
    ['consistency', someText(mount.consistency)],
    ['bind', bind && new Fields([['propagation', someText(bind.propagation)]])],
    [
      'volume',
      volume &&
        new Fields([
          ['nocopy', whenTrue(volume.nocopy)],
          ['subpath', someText(volume.subpath)],
        ]),
    ],
    ['tmpfs', tmpfs && new Fields([['size', nonZero(tmpfs.size)]])],
  ])
}
