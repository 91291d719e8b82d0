import { type Fields, objectField, objectsField, textField } from '../../../core/kubernetes/fields.ts'
import { STAYS } from '../objects/labels.ts'
import type { LiveObject } from './live-object.ts'

/** How far an object has come. */
export interface Readiness {
  readonly ready: boolean
  /** `1 of 3 ready`: for people who watch. */
  readonly detail: string
}

const READY: Readiness = { ready: true, detail: '' }

/** Whether an object does what it is there for, by its status; what has no status to wait for is ready at once. */
export function readiness({ kind, raw }: LiveObject): Readiness {
  switch (kind) {
    case 'Deployment':
      return deployment(raw)
    case 'DaemonSet':
      return daemonSet(raw)
    case 'Job':
      return job(raw)
    case 'PersistentVolumeClaim':
      return claim(raw)
    case 'Service':
      return service(raw)
    default:
      return READY
  }
}

/** As `kubectl rollout status`: the new pods are all there and available, the old ones gone. */
function deployment(raw: Fields): Readiness {
  const status = objectField(raw, 'status')
  const wanted = count(objectField(raw, 'spec'), 'replicas', 1)
  const [updated, available] = [count(status, 'updatedReplicas'), count(status, 'availableReplicas')]
  const old = count(status, 'replicas') - updated
  if (!isObserved(raw)) return { ready: false, detail: 'not looked at yet' }
  if (updated < wanted) return { ready: false, detail: `${updated} of ${wanted} started` }
  if (old > 0) return { ready: false, detail: `${old} old to end` }
  return { ready: available >= updated, detail: `${available} of ${wanted} ready` }
}

function daemonSet(raw: Fields): Readiness {
  const status = objectField(raw, 'status')
  const wanted = count(status, 'desiredNumberScheduled')
  const [updated, available] = [count(status, 'updatedNumberScheduled'), count(status, 'numberAvailable')]
  if (!isObserved(raw)) return { ready: false, detail: 'not looked at yet' }
  if (updated < wanted) return { ready: false, detail: `${updated} of ${wanted} started` }
  return { ready: available >= wanted, detail: `${available} of ${wanted} ready` }
}

function job(raw: Fields): Readiness {
  const status = objectField(raw, 'status')
  const wanted = count(objectField(raw, 'spec'), 'completions', 1)
  const succeeded = count(status, 'succeeded')
  const isDone = condition(raw, 'Complete') !== undefined
  if (objectField(objectField(raw, 'metadata'), 'annotations')[STAYS] === undefined)
    return { ready: isDone, detail: `${succeeded} of ${wanted} done` }
  const well = count(status, 'ready') + succeeded
  return { ready: isDone || well >= wanted, detail: `${well} of ${wanted} ready` }
}

function claim(raw: Fields): Readiness {
  const phase = textField(objectField(raw, 'status'), 'phase') ?? ''
  return { ready: phase === 'Bound', detail: phase === 'Lost' ? 'its volume is gone' : 'no volume yet' }
}

function service(raw: Fields): Readiness {
  if (textField(objectField(raw, 'spec'), 'type') !== 'LoadBalancer') return READY
  const ingress = objectsField(objectField(objectField(raw, 'status'), 'loadBalancer'), 'ingress')
  const refused = refusal(raw) !== undefined
  return { ready: ingress.length > 0 && !refused, detail: refused ? 'refused' : 'no address yet' }
}

/** Why no edge serves a Service, in the controller's words. */
export function refusal(raw: Fields): string | undefined {
  const live = objectsField(objectField(raw, 'status'), 'conditions').find(
    ({ type, status }) => type === 'homeport.dev/Live' && status === 'False',
  )
  return live && `${textField(live, 'reason')}: ${textField(live, 'message')}`
}

/** The condition of an object that is True. */
export function condition(raw: Fields, type: string): Fields | undefined {
  return objectsField(objectField(raw, 'status'), 'conditions').find(
    (one) => one['type'] === type && one['status'] === 'True',
  )
}

/** Whether its controller has seen what it is now. */
function isObserved(raw: Fields): boolean {
  return (
    count(objectField(raw, 'status'), 'observedGeneration') >=
    count(objectField(raw, 'metadata'), 'generation')
  )
}

function count(fields: Fields, name: string, missing = 0): number {
  const value = fields[name]
  return typeof value === 'number' ? value : missing
}
