import {
  type Fields,
  nameField,
  objectField,
  objectsField,
  textField,
} from '../../../core/kubernetes/fields.ts'
import { type ClusterEvent, newest } from './cluster-event.ts'
import { type LiveObject, serviceOf } from './live-object.ts'
import { condition } from './readiness.ts'
import type { Trouble } from './trouble.ts'

/** What a container waits for while all is well. */
const STARTING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing', ''])

/** What the kubelet tries again and again, and what only another stack, image or registry mends. */
const LASTING: ReadonlySet<string> = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
])

/** Why a pod does not run, or does not serve; undefined where nothing is known to be wrong. */
export function podTrouble(pod: LiveObject, events: readonly ClusterEvent[]): Trouble | undefined {
  const about = { subject: `Pod/${pod.name}`, service: serviceOf(pod) }
  const status = objectField(pod.raw, 'status')
  const found = unscheduled(pod.raw) ?? failed(status) ?? containerTrouble(pod) ?? waiting(pod, events)
  return found && { ...about, ...found }
}

type Found = Pick<Trouble, 'reason' | 'detail' | 'isLasting' | 'log'>

function unscheduled(raw: Fields): Found | undefined {
  const scheduled = objectsField(objectField(raw, 'status'), 'conditions').find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  )
  if (scheduled === undefined) return undefined
  const { reason, message } = words(scheduled)
  return { reason: reason || 'Unschedulable', detail: message, isLasting: false }
}

function failed(status: Fields): Found | undefined {
  if (status['phase'] !== 'Failed' || nameField(status, 'reason') === undefined) return undefined
  const { reason, message } = words(status)
  return { reason, detail: message, isLasting: false }
}

function containerTrouble({ name, raw }: LiveObject): Found | undefined {
  const status = objectField(raw, 'status')
  const containers = ['initContainerStatuses', 'containerStatuses'].flatMap((list) =>
    objectsField(status, list),
  )
  for (const container of containers) {
    const state = objectField(container, 'state')
    const waits = words(objectField(state, 'waiting'))
    const ended = objectField(state, 'terminated')
    const before = objectField(objectField(container, 'lastState'), 'terminated')
    const log = { pod: name, container: textField(container, 'name') ?? '' }
    if (waits.reason === 'CrashLoopBackOff')
      return {
        reason: waits.reason,
        detail: crash(before, container),
        isLasting: false,
        log: { ...log, previous: true },
      }
    if (!STARTING.has(waits.reason))
      return { reason: waits.reason, detail: waits.message, isLasting: LASTING.has(waits.reason) }
    if (typeof ended['exitCode'] === 'number' && ended['exitCode'] !== 0)
      return {
        reason: words(ended).reason || 'Error',
        detail: crash(ended, container),
        isLasting: false,
        log: { ...log, previous: false },
      }
  }
  return undefined
}

function crash(terminated: Fields, container: Fields): string {
  const { exitCode, signal } = terminated
  const { reason, message } = words(terminated)
  const how =
    typeof signal === 'number' && signal > 0 ? `signal ${signal}` : `exit code ${exitCode ?? 'unknown'}`
  const why = reason === '' || reason === 'Error' ? '' : `${reason}, `
  const restarts = typeof container['restartCount'] === 'number' ? container['restartCount'] : 0
  const said = message === '' ? '' : `: ${message}`
  return `${why}ended with ${how}, started ${restarts + 1} ${restarts === 0 ? 'time' : 'times'}${said}`
}

/** The newest warning about a pod that has not come as far as to be ready. */
function waiting(pod: LiveObject, events: readonly ClusterEvent[]): Found | undefined {
  if (condition(pod.raw, 'Ready') !== undefined) return undefined
  const warning = newest(events.filter(({ uid, isWarning }) => uid === pod.uid && isWarning))
  return warning && { reason: warning.reason, detail: warning.message, isLasting: false }
}

function words(fields: Fields): { reason: string; message: string } {
  return { reason: textField(fields, 'reason') ?? '', message: textField(fields, 'message') ?? '' }
}
