import { type Fields, objectField, objectsField, textField } from '../../../core/kubernetes/fields.ts'
import { type LiveObject, serviceOf } from './live-object.ts'
import { WORKLOADS } from './stack-kinds.ts'

/** A service as `docker service ls` shows it. */
export interface ServiceView {
  readonly name: string
  readonly mode: 'replicated' | 'global' | 'replicated-job'
  readonly running: number
  readonly wanted: number
  readonly image: string
  /** `*:80->8080/tcp`: on the edge, and in the pod. */
  readonly ports: readonly string[]
}

/** The services of a stack, by name. */
export function serviceViews(objects: readonly LiveObject[]): ServiceView[] {
  return objects
    .filter(({ kind }) => WORKLOADS.has(kind))
    .map((workload) => ({
      name: serviceOf(workload) ?? workload.name,
      ...counts(workload),
      image: imageOf(objectField(objectField(objectField(workload.raw, 'spec'), 'template'), 'spec')),
      ports: objects
        .filter((object) => object.kind === 'Service' && serviceOf(object) === serviceOf(workload))
        .flatMap(({ raw }) => publishedPorts(objectField(raw, 'spec'))),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

function counts({ kind, raw }: LiveObject): Pick<ServiceView, 'mode' | 'running' | 'wanted'> {
  const [spec, status] = [objectField(raw, 'spec'), objectField(raw, 'status')]
  if (kind === 'DaemonSet')
    return {
      mode: 'global',
      running: count(status, 'numberReady'),
      wanted: count(status, 'desiredNumberScheduled'),
    }
  if (kind === 'Job')
    return {
      mode: 'replicated-job',
      running: count(status, 'ready') + count(status, 'succeeded'),
      wanted: count(spec, 'completions', 1),
    }
  return { mode: 'replicated', running: count(status, 'readyReplicas'), wanted: count(spec, 'replicas', 1) }
}

function publishedPorts(spec: Fields): string[] {
  const type = textField(spec, 'type')
  if (type !== 'LoadBalancer' && type !== 'NodePort') return []
  return objectsField(spec, 'ports').map((port) => {
    const number = type === 'NodePort' ? port['nodePort'] : port['port']
    const protocol = (textField(port, 'protocol') ?? 'TCP').toLowerCase()
    return `*:${number}->${port['targetPort']}/${protocol}`
  })
}

/** The images of a pod, its own first. */
export function imageOf(podSpec: Fields): string {
  return objectsField(podSpec, 'containers')
    .map((container) => textField(container, 'image') ?? '')
    .join(', ')
}

/** What is to become of a pod, as Swarm calls it. */
export type Desired = 'Running' | 'Shutdown' | 'Complete'

/** A pod as `docker stack ps` shows a task. */
export interface PodView {
  readonly name: string
  readonly service: string
  readonly image: string
  /** Empty before it has one. */
  readonly node: string
  readonly desired: Desired
  /** `Running`, `Pending`, `CrashLoopBackOff`. */
  readonly state: string
  /** Since when, as Kubernetes writes times; empty where that is not known. */
  readonly since: string
}

export function podView(pod: LiveObject, reason: string | undefined): PodView {
  const [spec, status] = [objectField(pod.raw, 'spec'), objectField(pod.raw, 'status')]
  const phase = textField(status, 'phase') ?? 'Pending'
  return {
    name: pod.name,
    service: serviceOf(pod) ?? '',
    image: imageOf(spec),
    node: textField(spec, 'nodeName') ?? '',
    desired: pod.isEnding ? 'Shutdown' : phase === 'Succeeded' ? 'Complete' : 'Running',
    state: pod.isEnding ? 'Ending' : (reason ?? (phase === 'Succeeded' ? 'Complete' : phase)),
    since: since(pod, status),
  }
}

/** Its container's own time, where it has one: a pod that began anew is as old as that. */
function since({ raw }: LiveObject, status: Fields): string {
  const state = objectField(objectsField(status, 'containerStatuses')[0] ?? {}, 'state')
  const running = textField(objectField(state, 'running'), 'startedAt')
  const ended = textField(objectField(state, 'terminated'), 'finishedAt')
  const born = textField(objectField(raw, 'metadata'), 'creationTimestamp')
  return running ?? ended ?? born ?? ''
}

function count(fields: Fields, name: string, missing = 0): number {
  const value = fields[name]
  return typeof value === 'number' ? value : missing
}
