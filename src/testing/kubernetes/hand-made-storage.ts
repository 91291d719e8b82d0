import type { Defer } from '../cleanup.ts'
import type { Cluster } from './cluster.ts'

export interface StorageOptions {
  /** Of the class, and of its one volume. */
  readonly name: string
  /** Whether claims that name no class are of this one. */
  readonly isDefault?: boolean
}

const ON_FIRST = { key: 'kubernetes.io/hostname', operator: 'In', values: ['node1'] }

/** A class of volumes whose volumes are made by hand, and one such volume: the cluster has no storage driver. */
export async function handMadeStorage(
  defer: Defer,
  cluster: Cluster,
  { name, isDefault = false }: StorageOptions,
): Promise<void> {
  const objects = [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) } },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '10Gi' },
        // A folder is one node's: who moved to the other would find another one, empty.
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [ON_FIRST] }] } },
        hostPath: { path: `/var/lib/${name}`, type: 'DirectoryOrCreate' },
        storageClassName: name,
      },
    },
  ]
  await cluster.apply(objects.map((object) => JSON.stringify(object)).join('\n---\n'))
  defer(async () => {
    await cluster.kubectl([
      'delete',
      `storageclass/${name}`,
      `persistentvolume/${name}`,
      '--ignore-not-found',
    ])
  })
}
