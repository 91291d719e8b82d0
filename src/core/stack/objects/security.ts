import type { ServiceModel } from '../model/service-model.ts'
import { some } from './object.ts'

/** What the pod as a whole is. A volume belongs to the service's own group, as a new one of Docker does to its user. */
export function podSecurity({ security, mounts }: ServiceModel): object {
  const { uid, gid, sysctls, groups = [] } = security
  const said = mounts.flatMap((mount) => (mount.kind === 'claim' ? (mount.owner ?? []) : []))
  const owner = security.owner ?? said[0] ?? gid ?? uid
  const fsGroup =
    owner !== undefined && owner > 0 && mounts.some(({ kind }) => kind === 'claim') ? owner : undefined
  return {
    fsGroup,
    fsGroupChangePolicy: fsGroup === undefined ? undefined : 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
    supplementalGroups: some(groups),
    sysctls: some(sysctls),
  }
}

export function containerSecurity({ security }: ServiceModel): object {
  const { capAdd, capDrop, readOnlyRoot, uid, gid, allowEscalation, privileged } = security
  return {
    allowPrivilegeEscalation: allowEscalation,
    capabilities: some({
      ...(capAdd.length > 0 && { add: capAdd }),
      ...(capDrop.length > 0 && { drop: capDrop }),
    }),
    privileged: privileged || undefined,
    readOnlyRootFilesystem: readOnlyRoot || undefined,
    runAsUser: uid,
    runAsGroup: gid,
  }
}
