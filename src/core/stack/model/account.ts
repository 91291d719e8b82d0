import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { StackContext } from './context.ts'
import { ACCOUNT, labelsOf } from './label-names.ts'
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
  if (!standInFor(service)?.name.startsWith('portainer')) return undefined
  findings.warn(
    path,
    `Portainer reaches the cluster by the API server instead of docker.sock, and may do everything there (cluster-admin), as it could on Docker`,
    `Give it less: the label ${ACCOUNT} names a ServiceAccount of the namespace ${namespace}.`,
  )
  return { name: names.of(`${[...path].pop()}`), clusterRole: 'cluster-admin' }
}
