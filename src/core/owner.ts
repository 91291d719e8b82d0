/**
 * Who a frontend port belongs to: `cluster/namespace/name`, and behind a `#` the uid of the cluster where its phone says
 * one, so that two clusters that were given the same name are two owners.
 */
export type OwnerKey = string

export function ownerKey(cluster: string, owner: string, clusterUid: string | undefined): OwnerKey {
  return clusterUid === undefined ? `${cluster}/${owner}` : `${cluster}/${owner}#${clusterUid}`
}

/** As people know it: `cluster/namespace/name`. */
export function ownerName(key: OwnerKey): string {
  const end = key.indexOf('#')
  return end < 0 ? key : key.slice(0, end)
}

/** As its phone knows it: `namespace/name`. */
export function ownerInCluster(key: OwnerKey): string {
  const name = ownerName(key)
  return name.slice(name.indexOf('/') + 1)
}

/** Whether two owners are called the same and are of different clusters. */
export function areNamesakes(a: OwnerKey, b: OwnerKey): boolean {
  return a !== b && ownerName(a) === ownerName(b)
}
