import type { StackOptions } from '../model/options.ts'
import type { ServiceModel } from '../model/service-model.ts'
import type { StackModel } from '../model/stack-model.ts'
import { type Digest, freeName } from '../names.ts'
import { agentContainer, tokenVolume } from './agent.ts'
import { podSelector, stackLabels } from './labels.ts'
import { type KubernetesObject, some } from './object.ts'
import { CONTROL_PLANE_TOLERATIONS } from './scheduling.ts'

/** The agents that are pods of their own: one a service, on a node that runs it, so that it calls from that node's address. */
export function phones(
  { services, namespace }: StackModel,
  { pullSecrets }: StackOptions,
  digest: Digest,
): KubernetesObject[] {
  const taken = new Set(services.map(({ name }) => name))
  return services.flatMap((service): KubernetesObject[] => {
    const { phone } = service
    if (phone?.kind !== 'affinity') return []
    const name = freeName(`${service.name}-phone`, taken, digest)
    const own = podSelector(namespace, name)
    const labels = { ...stackLabels(namespace), ...own, 'app.kubernetes.io/name': name }
    return [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, namespace, labels },
        spec: {
          replicas: isIdle(service) ? 0 : 1,
          selector: { matchLabels: own },
          template: {
            metadata: { labels },
            spec: {
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              imagePullSecrets: some(pullSecrets.map((name) => ({ name }))),
              securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
              affinity: {
                podAffinity: {
                  requiredDuringSchedulingIgnoredDuringExecution: [
                    {
                      labelSelector: { matchLabels: podSelector(namespace, service.name) },
                      topologyKey: 'kubernetes.io/hostname',
                    },
                  ],
                },
              },
              tolerations: service.placement.onControlPlane ? CONTROL_PLANE_TOLERATIONS : undefined,
              containers: [agentContainer('homeport', phone)],
              volumes: [tokenVolume(phone)],
            },
          },
        },
      },
    ]
  })
}

function isIdle({ run }: ServiceModel): boolean {
  return run.kind === 'Deployment' && run.replicas === 0
}
