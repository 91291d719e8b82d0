import { memoryQuantity } from '../model/resources.ts'
import type { Mount } from '../model/service-model.ts'
import { type Digest, dnsName } from '../names.ts'

export interface PodVolumes {
  readonly volumes: object[]
  readonly mounts: object[]
}

/** The volumes of a pod, each once, and where its container sees them. */
export function podVolumes(mounts: readonly Mount[], digest: Digest): PodVolumes {
  const volumes = new Map<string, object>()
  const places = mounts.map((mount, index) => {
    const { name, source, subPath } = volumeOf(mount, index, digest)
    volumes.set(name, { name, ...source })
    return { name, mountPath: mount.target, subPath, readOnly: mount.readOnly || undefined }
  })
  return { volumes: [...volumes.values()], mounts: places }
}

function volumeOf(
  mount: Mount,
  index: number,
  digest: Digest,
): { name: string; source: object; subPath?: string | undefined } {
  switch (mount.kind) {
    case 'claim':
      return {
        name: dnsName(`claim-${mount.claim}`, digest),
        source: { persistentVolumeClaim: { claimName: mount.claim } },
        subPath: mount.subPath || undefined,
      }
    case 'file': {
      const items = [{ key: mount.key, path: mount.key }]
      const source =
        mount.from === 'Secret'
          ? { secret: { secretName: mount.name, defaultMode: mount.mode, items } }
          : { configMap: { name: mount.name, defaultMode: mount.mode, items } }
      const name = dnsName(
        `${mount.from === 'Secret' ? 'secret' : 'config'}-${mount.name}-${mount.mode.toString(8)}`,
        digest,
      )
      return { name, source, subPath: mount.key }
    }
    case 'memory': {
      const sizeLimit = mount.size > 0 ? memoryQuantity(mount.size) : undefined
      return { name: `memory-${index}`, source: { emptyDir: { medium: 'Memory', sizeLimit } } }
    }
    case 'scratch':
      return { name: `scratch-${index}`, source: { emptyDir: {} } }
    case 'host':
      return { name: `host-${index}`, source: { hostPath: { path: mount.source } } }
  }
}
