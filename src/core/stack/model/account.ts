import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { StackContext } from './context.ts'
import { ACCOUNT, CLUSTER_ADMIN, labelsOf } from './label-names.ts'
import type { Account } from './service-model.ts'
import { standInFor } from './stand-ins.ts'

/** Who a service is to the API server, where it is anybody: its label says so, or it is known to steer the cluster. */
export function readAccount(
  service: CanonicalService,
  path: Path,
  { findings, names, namespace }: StackContext,
): Account | undefined {
  const name = labelsOf(service).get(ACCOUNT)
  if (name !== undefined) {
    if (/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) return { name }
    findings.refuse([...path, 'labels', ACCOUNT], `${name} is no ServiceAccount`, 'Write its name.')
  }
  const isKnown = standInFor(service)?.name.startsWith('portainer') === true
  const wish = labelsOf(service).get(CLUSTER_ADMIN)
  if (wish !== undefined && (wish !== 'allow' || !isKnown)) {
    findings.refuse(
      [...path, 'labels', CLUSTER_ADMIN],
      'only Portainer is made one who may do everything, and only by allow',
      `Name a ServiceAccount of your own with the label ${ACCOUNT}.`,
    )
    return undefined
  }
  if (!isKnown) return undefined
  if (wish === undefined) {
    findings.warn(
      path,
      'Portainer reaches the cluster by the API server instead of docker.sock, and may do nothing there: the name of an image gives no rights',
      `Write the label ${CLUSTER_ADMIN}: allow, and it may do everything, as it could on Docker. For less, the label ${ACCOUNT} names a ServiceAccount of the namespace ${namespace}.`,
    )
    return undefined
  }
  return { name: names.of(`${[...path].pop()}`), clusterRole: 'cluster-admin' }
}
