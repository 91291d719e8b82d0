import type { StackModel } from '../model/stack-model.ts'
import { type Digest, hashedName } from '../names.ts'
import { stackLabels } from './labels.ts'
import type { KubernetesObject } from './object.ts'

/** The ServiceAccounts of services that ask the API server, bound to what they may do there. */
export function accounts({ services, namespace }: StackModel, digest: Digest): KubernetesObject[] {
  return services.flatMap(({ account }): KubernetesObject[] => {
    if (account?.clusterRole === undefined) return []
    const labels = stackLabels(namespace)
    const { name, clusterRole } = account
    return [
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name, namespace, labels },
        automountServiceAccountToken: false,
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: {
          name: hashedName(`homeport-${namespace}-${name}`, `${namespace}/${name}`, digest),
          labels,
        },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole },
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
      },
    ]
  })
}
