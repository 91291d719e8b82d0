import { type Digest, labelPart } from '../names.ts'

export const STACK = 'homeport.dev/stack'
export const SERVICE = 'homeport.dev/service'
/** The name that a service has under Swarm, `STACK_SERVICE`: an annotation, for it may be no value of a label. */
export const SWARM_NAME = 'homeport.dev/swarm-service'
/** On a Job that others reach while it runs: it is ready once its pods are, and need not end. */
export const STAYS = 'homeport.dev/stays'
export const HOST_PATH = 'homeport.dev/host-path'

/** On everything of a stack: what `--prune` goes by. */
export function stackLabels(namespace: string): Record<string, string> {
  return { 'app.kubernetes.io/managed-by': 'homeport', [STACK]: namespace }
}

/** The pods of a stack, and none of others that are in its namespace. */
export function stackSelector(namespace: string): object {
  return { matchLabels: { [STACK]: namespace } }
}

/** What the pods of a service are known by. */
export function podSelector(namespace: string, service: string): Record<string, string> {
  return { [STACK]: namespace, [SERVICE]: service }
}

export function aliasLabel(alias: string): string {
  return `alias.homeport.dev/${alias}`
}

export function networkLabel(network: string, digest: Digest): string {
  return `network.homeport.dev/${labelPart(network, digest)}`
}

export function volumeLabel(claim: string): string {
  return `volume.homeport.dev/${claim}`
}
