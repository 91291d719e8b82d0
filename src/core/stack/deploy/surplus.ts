import { SERVICE } from '../objects/labels.ts'
import type { KubernetesObject } from '../objects/object.ts'
import { isOfStack, type LiveObject, serviceOf } from './live-object.ts'
import { VOLUMES, WORKLOADS } from './stack-kinds.ts'

/** What a stack has in the cluster and no longer wants. */
export interface Surplus {
  /** Workloads of services that run otherwise now: two of them would run at once. They go with the deploy itself. */
  readonly replaced: readonly LiveObject[]
  /** What goes with `--prune`. */
  readonly prunable: readonly LiveObject[]
  /** Volumes: they go with `--prune --volumes`. */
  readonly volumes: readonly LiveObject[]
}

/** The namespace is never among it, nor is anything that deploying this stack did not make. */
export function surplus(
  live: readonly LiveObject[],
  wanted: readonly KubernetesObject[],
  stack: string,
): Surplus {
  const names = new Set(wanted.map(({ kind, metadata }) => `${kind}/${metadata.name}`))
  const services = new Set(
    wanted.filter(({ kind }) => WORKLOADS.has(kind)).map(({ metadata }) => metadata.labels?.[SERVICE]),
  )
  const left = live.filter(
    (object) =>
      object.kind !== 'Namespace' &&
      !object.isEnding &&
      !names.has(`${object.kind}/${object.name}`) &&
      isOfStack(object, stack),
  )
  const isReplaced = (object: LiveObject) => {
    const service = serviceOf(object)
    return WORKLOADS.has(object.kind) && service !== undefined && services.has(service)
  }
  return {
    replaced: left.filter(isReplaced),
    prunable: left.filter((object) => !isReplaced(object) && !VOLUMES.has(object.kind)),
    volumes: left.filter(({ kind }) => VOLUMES.has(kind)),
  }
}
