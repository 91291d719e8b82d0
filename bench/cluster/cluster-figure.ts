import type { Defer } from '../../src/testing/cleanup.ts'
import type { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import type { Figure } from '../figure.ts'

/** A figure that takes a whole cluster, with an edge and a controller that serve it. It leaves the nodes as they were. */
export interface ClusterFigure {
  readonly what: string
  readonly goal: string
  measure(cluster: Cluster, defer: Defer): Promise<Omit<Figure, 'what' | 'goal'>>
}
