import type { CanonicalService } from '../canonical.ts'
import type { StackContext } from './context.ts'
import { labelsOf, SHARED_VOLUMES } from './label-names.ts'
import type { Claim } from './stack-model.ts'

/**
 * A local volume and a folder of the host are one on each node of a Swarm; a claim is one for all nodes. What is made to have a
 * volume a node (Consul, MinIO, Prometheus as a global service) ruins its data where all of it writes to one: that is
 * refused, unless the author says that it is meant. Replicas may have run on one node all the time, so they are told.
 * @param writers keys of the services that write to the claim
 * @returns whether it is refused
 */
export function judgeNodeVolume(
  claim: Claim,
  writers: Iterable<string>,
  { stack, findings }: StackContext,
): boolean {
  let isRefused = false
  if (!claim.local) return isRefused
  for (const key of writers) {
    const service = stack.services.get(key)
    if (!service || isOnOneNode(service) || labelsOf(service).get(SHARED_VOLUMES) === 'allow') continue
    const { mode, replicas = 1 } = service.deploy
    const path = ['services', key, 'volumes']
    if (mode === 'global') {
      isRefused = true
      findings.refuse(
        path,
        `the tasks on all nodes would write to one volume ${claim.name}: Docker has one on each node`,
        `Write one service a node (node.hostname == NAME), each with a volume of its own. Where they may write to one, say so with the label ${SHARED_VOLUMES}: allow.`,
      )
      // Of Compose's files there is one node, and one volume.
    } else if (replicas > 1 && !stack.compose)
      findings.warn(
        path,
        `all tasks of ${key} write to one volume ${claim.name}: in Swarm each node has one of its own`,
        `Where they may, say so with the label ${SHARED_VOLUMES}: allow; else write one service a task, each with its volume.`,
      )
  }
  return isRefused
}

function isOnOneNode({ deploy }: CanonicalService): boolean {
  return deploy.placement.constraints.some((text) => /^\s*node\.hostname\s*==/i.test(text))
}
