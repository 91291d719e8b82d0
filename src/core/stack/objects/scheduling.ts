import type { ServiceModel } from '../model/service-model.ts'
import { podSelector, STACK, volumeLabel } from './labels.ts'
import { some } from './object.ts'

export const CONTROL_PLANE_TOLERATIONS = [
  { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
]
const HOSTNAME = 'kubernetes.io/hostname'

/** Where the pods of a service may run, and how they stand to each other. */
export function scheduling(service: ServiceModel, namespace: string): Record<string, unknown> {
  const { nodes, spread, maxPerNode, leastNodes, onControlPlane } = service.placement
  const own = { matchLabels: podSelector(namespace, service.name) }
  const together = service.together && {
    labelSelector: { matchLabels: { [STACK]: namespace, [volumeLabel(service.together)]: '' } },
    topologyKey: HOSTNAME,
  }
  const matchExpressions = nodes.map(({ key, operator, values }) => ({ key, operator, values: some(values) }))
  const constraints = spread.map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: own,
  }))
  // Even to within one, and on enough nodes: then no node can have more than its part. With fewer nodes than that the
  // scheduler takes one that has none for granted, and each gets one.
  const even = {
    maxSkew: 1,
    minDomains: leastNodes,
    topologyKey: HOSTNAME,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: own,
  }
  return {
    affinity: some({
      ...(matchExpressions.length > 0 && {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
        },
      }),
      ...(together && {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [together] },
      }),
      ...(maxPerNode === 1 && {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: own, topologyKey: HOSTNAME }],
        },
      }),
    }),
    tolerations: onControlPlane ? CONTROL_PLANE_TOLERATIONS : undefined,
    topologySpreadConstraints: some([
      ...constraints.filter(({ topologyKey }) => topologyKey !== HOSTNAME || maxPerNode < 2),
      ...(maxPerNode > 1 ? [even] : []),
    ]),
  }
}
