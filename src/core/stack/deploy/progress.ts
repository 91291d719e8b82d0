import { objectField, objectsField, textField } from '../../../core/kubernetes/fields.ts'
import { type ClusterEvent, newest } from './cluster-event.ts'
import { type LiveObject, serviceOf } from './live-object.ts'
import { podTrouble } from './pod-trouble.ts'
import { condition, readiness, refusal } from './readiness.ts'
import { WORKLOADS } from './stack-kinds.ts'
import type { Trouble } from './trouble.ts'

/** What the cluster shows of a stack at one moment. */
export interface Sight {
  /** What was applied, as it is now. */
  readonly objects: readonly LiveObject[]
  readonly pods: readonly LiveObject[]
  readonly events: readonly ClusterEvent[]
}

/** How far a stack has come. */
export interface Progress {
  readonly ready: number
  readonly total: number
  /** `web 1 of 3 ready`: what is not ready. */
  readonly pending: readonly string[]
  /** All known reasons, at once. */
  readonly troubles: readonly Trouble[]
  /** Nothing of what is pending gets better by waiting. */
  readonly isStuck: boolean
}

/** What is waited for, and why it has not come. */
export function progress(sight: Sight): Progress {
  const pending = sight.objects
    .map((object) => ({ object, ...readiness(object) }))
    .filter(({ object, ready }) => !ready && !waitsForNobody(object, sight))
  const found = pending.map(({ object }) => troublesOf(object, sight))
  return {
    ready: sight.objects.length - pending.length,
    total: sight.objects.length,
    pending: pending.map(({ object, detail }) => `${object.kind}/${object.name}: ${detail}`),
    troubles: found.flat(),
    isStuck: pending.length > 0 && found.every((one) => one.some(({ isLasting }) => isLasting)),
  }
}

function troublesOf(object: LiveObject, sight: Sight): Trouble[] {
  const own = ownTrouble(object, sight)
  const pods = WORKLOADS.has(object.kind) ? newestPods(object, sight.pods) : []
  const ofPods = pods.flatMap((pod) => podTrouble(pod, sight.events) ?? [])
  // A hundred pods of one service have one reason.
  const reasons = new Map(ofPods.map((one) => [one.reason, one]))
  return [...(own ? [own] : []), ...reasons.values()]
}

/** Pods of the version before the last are on their way out: how they are says nothing. */
function newestPods(workload: LiveObject, pods: readonly LiveObject[]): readonly LiveObject[] {
  const service = serviceOf(workload)
  const own = pods.filter((pod) => service !== undefined && serviceOf(pod) === service && !pod.isEnding)
  const born = (pod: LiveObject) => textField(objectField(pod.raw, 'metadata'), 'creationTimestamp') ?? ''
  const youngest = own.reduce<LiveObject | undefined>(
    (last, pod) => (last === undefined || born(pod) > born(last) ? pod : last),
    undefined,
  )
  const version = (pod: LiveObject) =>
    pod.labels['pod-template-hash'] ?? pod.labels['controller-revision-hash']
  return own.filter((pod) => youngest !== undefined && version(pod) === version(youngest))
}

function ownTrouble(object: LiveObject, { events }: Sight): Trouble | undefined {
  const about = { subject: `${object.kind}/${object.name}`, service: serviceOf(object) }
  const ownEvents = events.filter(({ uid }) => uid === object.uid)
  const warning = newest(ownEvents.filter(({ isWarning }) => isWarning))
  const failure = object.kind === 'Job' ? condition(object.raw, 'Failed') : undefined
  if (failure)
    return { ...about, reason: text(failure, 'reason'), detail: text(failure, 'message'), isLasting: true }
  const quota = condition(object.raw, 'ReplicaFailure')
  if (quota)
    return { ...about, reason: text(quota, 'reason'), detail: text(quota, 'message'), isLasting: false }
  if (object.kind === 'Service') return { ...about, ...serviceTrouble(object, warning) }
  if (object.kind === 'PersistentVolumeClaim') {
    const said = warning ?? newest(ownEvents)
    if (said === undefined) return noStorage(object) ? { ...about, ...NO_STORAGE } : undefined
    return { ...about, reason: said.reason, detail: said.message, isLasting: false }
  }
  if (warning === undefined || !/^Failed/.test(warning.reason)) return undefined
  return { ...about, reason: warning.reason, detail: warning.message, isLasting: false }
}

type Told = Pick<Trouble, 'reason' | 'detail' | 'isLasting'>

const NO_STORAGE: Told = {
  reason: 'NoStorageClass',
  detail:
    'it names no StorageClass, and the cluster has no default one: give --storage-class, or make one the default',
  isLasting: true,
}

/** The cluster puts its default into a claim that names none, where it has one. */
function noStorage({ raw }: LiveObject): boolean {
  const spec = objectField(raw, 'spec')
  return spec['storageClassName'] === undefined && spec['volumeName'] === undefined
}

function serviceTrouble({ raw }: LiveObject, warning: ClusterEvent | undefined): Told {
  const refused = refusal(raw)
  if (refused !== undefined) {
    const [reason = '', ...rest] = refused.split(': ')
    return { reason, detail: rest.join(': '), isLasting: false }
  }
  if (warning) return { reason: warning.reason, detail: warning.message, isLasting: false }
  const conditions = objectsField(objectField(raw, 'status'), 'conditions')
  const live = conditions.find(({ type }) => type === 'homeport.dev/Live')
  if (live) return { reason: text(live, 'reason'), detail: text(live, 'message'), isLasting: false }
  const detail = 'no controller has said anything of it: is there one of its class (homeport controller)?'
  return { reason: 'NoController', detail, isLasting: false }
}

/** A claim that gets its volume with its first pod, and no pod wants it: a service with no replicas, say. */
function waitsForNobody(object: LiveObject, { pods, events }: Sight): boolean {
  if (object.kind !== 'PersistentVolumeClaim') return false
  const own = newest(events.filter(({ uid }) => uid === object.uid))
  const isUsed = pods.some((pod) =>
    objectsField(objectField(pod.raw, 'spec'), 'volumes').some(
      (volume) => objectField(volume, 'persistentVolumeClaim')['claimName'] === object.name,
    ),
  )
  return own?.reason === 'WaitForFirstConsumer' && !isUsed
}

function text(fields: Readonly<Record<string, unknown>>, name: string): string {
  return textField(fields, name) ?? ''
}
