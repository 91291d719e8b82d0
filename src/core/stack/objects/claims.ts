import { SNAPSHOTS } from '../model/label-names.ts'
import type { StackOptions } from '../model/options.ts'
import type { Claim, NfsShare, StackModel } from '../model/stack-model.ts'
import { type Digest, hashedName } from '../names.ts'
import { HOST_PATH, stackLabels } from './labels.ts'
import type { KubernetesObject } from './object.ts'

/** The volumes that stay. A share that is there already brings its PersistentVolume along. */
export function claims(
  { claims: all, namespace }: StackModel,
  options: StackOptions,
  digest: Digest,
): KubernetesObject[] {
  return all.flatMap((claim) => {
    if (claim.external) return []
    const { nfs } = claim
    const volumeName = nfs && hashedName(`${namespace}-${claim.name}`, `${namespace}/${claim.name}`, digest)
    const storageClassName = nfs ? '' : options.storageClass
    return [
      ...(nfs && volumeName ? [persistentVolume(volumeName, claim, nfs, namespace)] : []),
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: claim.name,
          namespace,
          labels: stackLabels(namespace),
          annotations: {
            [SNAPSHOTS]: options.snapshots,
            ...(claim.hostPath && { [HOST_PATH]: claim.hostPath }),
            ...claim.annotations,
          },
        },
        spec: {
          accessModes: [claim.many ? 'ReadWriteMany' : 'ReadWriteOnce'],
          resources: { requests: { storage: claim.size } },
          storageClassName,
          volumeName,
        },
      },
    ]
  })
}

/** Kept when the claim goes: the data are the share's. */
function persistentVolume(
  name: string,
  { name: claim, size }: Claim,
  nfs: NfsShare,
  namespace: string,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, labels: stackLabels(namespace) },
    spec: {
      accessModes: ['ReadWriteMany'],
      capacity: { storage: size },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: claim, namespace },
      mountOptions: nfs.options.length > 0 ? nfs.options : undefined,
      nfs: { server: nfs.server, path: nfs.path, readOnly: nfs.readOnly || undefined },
      persistentVolumeReclaimPolicy: 'Retain',
    },
  }
}
