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

/**
 * Services that are each on a node of their own have each a volume of their own in Swarm, though it is called the same; and
 * pods on one node, where its claim is, they cannot be.
 * @param many whether many nodes at a time can have the claim.
 * @returns whether it is refused
 */
export function refuseApart(
  claim: Claim,
  users: readonly string[],
  many: boolean,
  { stack, findings }: StackContext,
): boolean {
  const services = users.flatMap((key) => stack.services.get(key) ?? [])
  const nodes = [...new Set(services.flatMap((service) => nodeOf(service) ?? []))]
  const isMeant = services.every((service) => labelsOf(service).get(SHARED_VOLUMES) === 'allow')
  if (nodes.length < 2 || (many && (!claim.local || isMeant))) return false
  findings.refuse(
    ['services', users.at(-1) ?? '', 'volumes'],
    `${users.join(', ')} run on different nodes (${nodes.join(', ')}), and would have one volume ${claim.name}${claim.local ? ': Docker has one on each node' : ''}`,
    `Give each a volume or folder of another name. Where one is meant, say so with the label ${SHARED_VOLUMES}: allow, and choose --shared-volumes ReadWriteMany.`,
  )
  return true
}

function isOnOneNode(service: CanonicalService): boolean {
  return nodeOf(service) !== undefined
}

/** The name of the node that a service is to run on. */
function nodeOf({ deploy }: CanonicalService): string | undefined {
  const names = deploy.placement.constraints.map(
    (text) => /^\s*node\.hostname\s*==\s*(.*?)\s*$/i.exec(text)?.[1],
  )
  return names.find((name) => name !== undefined)
}
