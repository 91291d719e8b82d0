import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { StackContext } from './context.ts'
import { ESCALATION, labelsOf } from './label-names.ts'
import type { ServiceModel, Wait } from './service-model.ts'

/** What a service of Compose is beyond what a service of Swarm can be. */
export function withComposeParts(
  model: ServiceModel,
  service: CanonicalService,
  context: StackContext,
): ServiceModel {
  const { stack, findings } = context
  const facts = stack.compose?.services.get(model.key)
  if (!facts) return model
  const path: Path = ['services', model.key]
  const mayEscalate = labelsOf(service).get(ESCALATION) === 'allow'
  if (service.privileged && !mayEscalate)
    findings.refuse(
      [...path, 'privileged'],
      'privileged is refused: the pod could do everything that root of its node can',
      `Add what is needed with cap_add, or allow it with the label ${ESCALATION}: allow.`,
    )
  for (const { service: other, condition } of facts.waits) {
    const at = [...path, 'depends_on', other]
    const replicas = stack.services.get(other)?.deploy.replicas
    if (model.inside && condition === 'service_completed_successfully' && replicas !== 0)
      findings.warn(
        at,
        `${model.key} is on internal networks alone, and asks the API server whether ${other} has ended: it can reach the ports 443 and 6443 of every address`,
        'Take the condition out to keep it inside: where it needs what is not there yet, it ends, and is started again.',
      )
    if (replicas === 0)
      findings.warn(
        at,
        `${model.key} never starts: it waits for ${other}, which has no replicas`,
        'Give the other one replicas, or take the condition out.',
      )
  }
  return {
    ...model,
    waits: facts.waits.flatMap((wait): Wait[] =>
      // A Traefik of the stack's own is left out.
      stack.services.has(wait.service) ? [{ key: wait.service, condition: wait.condition }] : [],
    ),
    resources: facts.gpus > 0 ? withCards(model.resources, facts.gpus) : model.resources,
    security: { ...model.security, privileged: service.privileged && mayEscalate, groups: facts.groups },
  }
}

/** The name under which NVIDIA's device plugin has its cards: https://github.com/NVIDIA/k8s-device-plugin */
const CARDS = 'nvidia.com/gpu'

function withCards(resources: ServiceModel['resources'], count: number): ServiceModel['resources'] {
  return { ...resources, limits: { ...resources.limits, [CARDS]: `${count}` } }
}
