import { readEvent } from '../core/stack/deploy/cluster-event.ts'
import { isOfStack, type LiveObject } from '../core/stack/deploy/live-object.ts'
import { type PodView, podView, type ServiceView, serviceViews } from '../core/stack/deploy/overview.ts'
import { podTrouble } from '../core/stack/deploy/pod-trouble.ts'
import { STACK_KINDS, WORKLOADS } from '../core/stack/deploy/stack-kinds.ts'
import type { Trouble } from '../core/stack/deploy/trouble.ts'
import { STACK } from '../core/stack/objects/labels.ts'
import { liveNamespace, liveObjects, livePods, objectsOfAll } from './live-objects.ts'
import { listAll, type StackCluster } from './stack-cluster.ts'
import { StackFailed } from './stack-failed.ts'

export interface StackView {
  readonly name: string
  readonly services: number
}

const WORKING = STACK_KINDS.filter(({ kind }) => WORKLOADS.has(kind))
const SERVING = STACK_KINDS.filter(({ kind }) => WORKLOADS.has(kind) || kind === 'Service')

/** The stacks of a cluster, by name: those that were deployed, and are not printed and applied by other means. */
export async function stackViews(cluster: StackCluster): Promise<StackView[]> {
  const objects = await objectsOfAll(cluster, [...WORKING, { apiVersion: 'v1', kind: 'Namespace' }])
  const own = objects.filter((object) => isOfStack(object, object.labels[STACK] ?? ''))
  const stacks = Map.groupBy(own, ({ labels }) => labels[STACK] ?? '')
  return [...stacks]
    .map(([name, of]) => ({ name, services: serviceViews(of).length }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** @throws StackFailed where there is no such stack */
export async function servicesOf(cluster: StackCluster, stack: string): Promise<ServiceView[]> {
  return serviceViews(await knownObjects(cluster, stack))
}

export interface PodReport extends PodView {
  /** Why it does not run; empty where nothing is known to be wrong. */
  readonly error: string
}

/** @throws StackFailed where there is no such stack */
export async function podsOf(cluster: StackCluster, stack: string): Promise<PodReport[]> {
  const [pods, events] = await Promise.all([
    livePods(cluster, stack),
    listAll(cluster, `/api/v1/namespaces/${stack}/events`),
    knownObjects(cluster, stack),
  ])
  const read = events.map((raw) => readEvent(raw, Date.parse))
  const reports = pods.map((pod) => report(pod, podTrouble(pod, read)))
  return reports.sort((a, b) => (`${a.service} ${a.name}` < `${b.service} ${b.name}` ? -1 : 1))
}

function report(pod: LiveObject, trouble: Trouble | undefined): PodReport {
  return { ...podView(pod, trouble?.reason), error: trouble?.detail ?? '' }
}

async function knownObjects(cluster: StackCluster, stack: string): Promise<LiveObject[]> {
  const [namespace, objects] = await Promise.all([
    liveNamespace(cluster, stack),
    liveObjects(cluster, stack, SERVING),
  ])
  const own = objects.filter((object) => isOfStack(object, stack))
  if (own.length > 0 || (namespace && isOfStack(namespace, stack))) return own
  throw new StackFailed('stack-unknown', `there is no stack ${stack}`)
}
