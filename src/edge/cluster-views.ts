import type { State } from '../core/registry/state.ts'
import { lacksCluster } from '../core/scope.ts'
import type { Scope } from '../wire/token.ts'
import type { StatusView } from '../wire/views.ts'

type ClusterView = StatusView['clusters'][number]

/** How much each cluster that `scope` opens has here, by name. */
export function clusterViews({ documents }: State, scope: Scope): ClusterView[] {
  const views = new Map<string, ClusterView>()
  for (const { cluster, claims, refused } of documents.values()) {
    if (lacksCluster(scope, cluster)) continue
    const before = views.get(cluster) ?? { name: cluster, documents: 0, claims: 0 }
    views.set(cluster, {
      name: cluster,
      documents: before.documents + 1,
      claims: before.claims + claims.length + refused.length,
    })
  }
  return [...views.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
