import { expect, it } from 'vitest'
import { type ClusterEvent, newest, readEvent } from './cluster-event.ts'
import { readLive } from './live-object.ts'
import { podView, serviceViews } from './overview.ts'
import { type Progress, progress } from './progress.ts'
import { readiness } from './readiness.ts'

const SERVICE = { 'homeport.dev/stack': 'shop', 'homeport.dev/service': 'web' }

function live(kind: string, fields: object, metadata: object = {}) {
  const raw = {
    metadata: { name: 'web', uid: `${kind}-uid`, generation: 2, labels: SERVICE, ...metadata },
    ...fields,
  }
  return readLive({ apiVersion: 'v1', kind }, raw)
}

const seen = { observedGeneration: 2 }
const ready = (kind: string, fields: object) => {
  const { ready: is, detail } = readiness(live(kind, fields))
  return is || detail
}

it.each([
  [
    { spec: { replicas: 2 }, status: { ...seen, replicas: 2, updatedReplicas: 2, availableReplicas: 2 } },
    true,
  ],
  [{ spec: { replicas: 0 }, status: seen }, true],
  [
    {
      spec: { replicas: 2 },
      status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
    },
    'not looked at yet',
  ],
  [
    { spec: { replicas: 2 }, status: { ...seen, replicas: 2, updatedReplicas: 1, availableReplicas: 2 } },
    '1 of 2 started',
  ],
  [
    { spec: { replicas: 2 }, status: { ...seen, replicas: 3, updatedReplicas: 2, availableReplicas: 3 } },
    '1 old to end',
  ],
  [
    { spec: { replicas: 2 }, status: { ...seen, replicas: 2, updatedReplicas: 2, availableReplicas: 1 } },
    '1 of 2 ready',
  ],
])('a Deployment %j is ready: %s', (fields, expected) => {
  expect(ready('Deployment', fields)).toBe(expected)
})

it.each([
  [
    'DaemonSet',
    { status: { ...seen, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 } },
    true,
  ],
  [
    'DaemonSet',
    { status: { ...seen, desiredNumberScheduled: 2, updatedNumberScheduled: 1 } },
    '1 of 2 started',
  ],
  ['DaemonSet', { status: {} }, 'not looked at yet'],
  ['Job', { status: { conditions: [{ type: 'Complete', status: 'True' }] } }, true],
  ['Job', { spec: { completions: 3 }, status: { succeeded: 1 } }, '1 of 3 done'],
  ['PersistentVolumeClaim', { status: { phase: 'Bound' } }, true],
  ['PersistentVolumeClaim', { status: { phase: 'Lost' } }, 'its volume is gone'],
  ['Service', { spec: { type: 'ClusterIP' } }, true],
  ['Service', { spec: { type: 'LoadBalancer' } }, 'no address yet'],
  [
    'Service',
    { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } },
    true,
  ],
  ['ConfigMap', {}, true],
])('a %s %j is ready: %s', (kind, fields, expected) => {
  expect(ready(kind, fields)).toBe(expected)
})

it.each([
  [{ ready: 1 }, '1 of 2 ready'],
  [{ ready: 1, succeeded: 1 }, true],
  [{ ready: 2 }, true],
  [{ conditions: [{ type: 'Complete', status: 'True' }] }, true],
])('a Job %j that others reach is ready while it runs: %s', (status, expected) => {
  const annotations = { 'homeport.dev/stays': 'true' }
  const { ready: is, detail } = readiness(live('Job', { spec: { completions: 2 }, status }, { annotations }))
  expect(is || detail).toBe(expected)
})

it('a Service that an edge refuses is not ready, whatever address it has', () => {
  const status = {
    loadBalancer: { ingress: [{ ip: '1.2.3.4' }] },
    conditions: [
      { type: 'homeport.dev/Live', status: 'False', reason: 'PortTaken', message: 'tcp/80 is mqtt’s' },
    ],
  }
  const service = live('Service', { spec: { type: 'LoadBalancer' }, status })
  expect(progress({ objects: [service], pods: [], events: [] }).troubles).toEqual([
    {
      subject: 'Service/web',
      service: 'web',
      reason: 'PortTaken',
      detail: 'tcp/80 is mqtt’s',
      isLasting: false,
    },
  ])
})

const DEPLOYMENT = live('Deployment', {
  spec: { replicas: 1 },
  status: { ...seen, replicas: 1, updatedReplicas: 1 },
})

function pod(status: object, metadata: object = {}) {
  return live('Pod', { status }, { name: 'web-1', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata })
}

function container(state: object, more: object = {}) {
  return { containerStatuses: [{ name: 'web', restartCount: 0, state, ...more }] }
}

function withPods(pods: readonly ReturnType<typeof pod>[], events: readonly ClusterEvent[] = []): Progress {
  return progress({ objects: [DEPLOYMENT], pods, events })
}

const waiting = (reason: string, message = '') => container({ waiting: { reason, message } })
const crashed = container(
  { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
  { restartCount: 3, lastState: { terminated: { exitCode: 2, reason: 'Error' } } },
)

it.each([
  [waiting('ImagePullBackOff', 'no such image'), 'ImagePullBackOff', 'no such image', true],
  [waiting('ErrImagePull', 'not now'), 'ErrImagePull', 'not now', false],
  [
    waiting('CreateContainerConfigError', 'secret "x" not found'),
    'CreateContainerConfigError',
    'secret "x" not found',
    false,
  ],
  [crashed, 'CrashLoopBackOff', 'ended with exit code 2, started 4 times', false],
  [
    container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
    'OOMKilled',
    'OOMKilled, ended with exit code 137, started 1 time',
    false,
  ],
  [{ phase: 'Failed', reason: 'Evicted', message: 'disk pressure' }, 'Evicted', 'disk pressure', false],
  [
    {
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes' }],
    },
    'Unschedulable',
    '0/2 nodes',
    false,
  ],
])('a pod %j is in trouble: %s', (status, reason, detail, isLasting) => {
  const { troubles, isStuck, pending } = withPods([pod(status)])
  expect(troubles).toMatchObject([{ subject: 'Pod/web-1', service: 'web', reason, detail, isLasting }])
  expect(isStuck).toBe(isLasting)
  expect(pending).toEqual(['Deployment/web: 0 of 1 ready'])
})

it('a pod that crashes has a log that tells more: that of the container before', () => {
  expect(withPods([pod(crashed)]).troubles[0]?.log).toEqual({
    pod: 'web-1',
    container: 'web',
    previous: true,
  })
})

it('a pod that is about to start is in no trouble, nor is one that ended well', () => {
  const fine = [
    waiting('ContainerCreating'),
    container({ running: {} }),
    container({ terminated: { exitCode: 0 } }),
  ]
  for (const status of fine) expect(withPods([pod(status)]).troubles).toEqual([])
})

const event = (uid: string, reason: string, message: string, isWarning = true, time = 1): ClusterEvent => ({
  uid,
  reason,
  message,
  isWarning,
  time,
})

it('a pod that waits says what was last warned of', () => {
  const events = [
    event('Pod-uid', 'FailedMount', 'secret "old"', true, 1),
    event('Pod-uid', 'FailedMount', 'secret "key" not found', true, 3),
    event('Pod-uid', 'Pulled', 'fine', false, 4),
    event('other', 'FailedMount', 'another', true, 5),
  ]
  expect(withPods([pod(waiting('ContainerCreating'))], events).troubles).toMatchObject([
    { reason: 'FailedMount', detail: 'secret "key" not found' },
  ])
  const well = pod({ conditions: [{ type: 'Ready', status: 'True' }] })
  expect(withPods([well], events).troubles).toEqual([])
})

it('says each reason of a service once, and nothing of pods of the version before', () => {
  const now = { creationTimestamp: '2026-01-02T00:00:00Z', labels: { ...SERVICE, 'pod-template-hash': 'b' } }
  const before = { labels: { ...SERVICE, 'pod-template-hash': 'a' } }
  const { troubles } = withPods([
    pod(waiting('ImagePullBackOff'), { ...now, name: 'web-2' }),
    pod(waiting('ImagePullBackOff'), { ...now, name: 'web-3' }),
    pod(crashed, before),
  ])
  expect(troubles).toMatchObject([{ reason: 'ImagePullBackOff' }])
})

it('says why no pod is made: the quota', () => {
  const conditions = [
    { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota: x' },
  ]
  const deployment = live('Deployment', { spec: { replicas: 1 }, status: { ...seen, conditions } })
  const daemonSet = live('DaemonSet', { status: { ...seen, desiredNumberScheduled: 1 } })
  const events = [event('DaemonSet-uid', 'FailedCreate', 'exceeded quota: y')]
  expect(progress({ objects: [deployment, daemonSet], pods: [], events }).troubles).toMatchObject([
    { subject: 'Deployment/web', reason: 'FailedCreate', detail: 'exceeded quota: x' },
    { subject: 'DaemonSet/web', reason: 'FailedCreate', detail: 'exceeded quota: y' },
  ])
})

it('is stuck where all that is pending has a lasting reason, and only then', () => {
  const job = live('Job', {
    status: { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] },
  })
  const claim = live('PersistentVolumeClaim', {
    spec: { storageClassName: 'fast' },
    status: { phase: 'Pending' },
  })
  const sight = { pods: [], events: [] }
  expect(progress({ ...sight, objects: [job] }).isStuck).toBe(true)
  expect(progress({ ...sight, objects: [job, claim] }).isStuck).toBe(false)
  expect(progress({ ...sight, objects: [] })).toMatchObject({ isStuck: false, pending: [] })
})

it('says of a claim what its storage says, and waits for none that nobody uses yet', () => {
  const claim = live('PersistentVolumeClaim', {
    spec: { storageClassName: 'fast' },
    status: { phase: 'Pending' },
  })
  const waits = event('PersistentVolumeClaim-uid', 'WaitForFirstConsumer', 'waits', false)
  const failed = event('PersistentVolumeClaim-uid', 'ProvisioningFailed', 'no space', true, 2)
  const of = (events: readonly ClusterEvent[], pods = [pod({})]) =>
    progress({ objects: [claim], pods, events })
  expect(of([waits], []).pending).toEqual([])
  const user = live('Pod', { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'web' } }] } })
  expect(of([waits], [user]).pending).toEqual(['PersistentVolumeClaim/web: no volume yet'])
  expect(of([waits, failed]).troubles).toMatchObject([{ reason: 'ProvisioningFailed', detail: 'no space' }])
})

it('reads events of both forms, the newest time of each', () => {
  const old = {
    involvedObject: { uid: 'u' },
    type: 'Warning',
    reason: 'R',
    message: 'M',
    lastTimestamp: '1970-01-01T00:00:01Z',
  }
  expect(readEvent(old, Date.parse)).toEqual(event('u', 'R', 'M', true, 1000))
  const series = { lastObservedTime: '1970-01-01T00:00:03.000000Z' }
  expect(readEvent({ ...old, series }, Date.parse).time).toBe(3000)
  expect(readEvent({ eventTime: '1970-01-01T00:00:02Z', lastTimestamp: null }, Date.parse).time).toBe(2000)
  expect(readEvent({}, Date.parse)).toEqual(event('', '', '', false, 0))
  expect(newest([])).toBeUndefined()
})

it('shows services as Docker does', () => {
  const template = { spec: { containers: [{ image: 'web:1' }] } }
  const ports = [{ port: 80, targetPort: 8080, protocol: 'TCP', nodePort: 30080 }]
  const objects = [
    live('Deployment', { spec: { replicas: 3, template }, status: { readyReplicas: 1 } }),
    live('Service', { spec: { type: 'ClusterIP', ports } }),
    live('Service', { spec: { type: 'LoadBalancer', ports } }),
    live('Service', { spec: { type: 'NodePort', ports } }),
  ]
  expect(serviceViews(objects)).toEqual([
    {
      name: 'web',
      mode: 'replicated',
      running: 1,
      wanted: 3,
      image: 'web:1',
      ports: ['*:80->8080/tcp', '*:30080->8080/tcp'],
    },
  ])
})

it('shows a pod with its state since its container began', () => {
  const running = pod({ phase: 'Running', ...container({ running: { startedAt: '2026-01-03T00:00:00Z' } }) })
  expect(podView(running, undefined)).toMatchObject({
    state: 'Running',
    desired: 'Running',
    since: '2026-01-03T00:00:00Z',
  })
  expect(podView(running, 'CrashLoopBackOff').state).toBe('CrashLoopBackOff')
  expect(podView(pod({}, { deletionTimestamp: 'now' }), undefined)).toMatchObject({
    state: 'Ending',
    desired: 'Shutdown',
  })
  expect(podView(pod({ phase: 'Succeeded' }), undefined)).toMatchObject({
    state: 'Complete',
    desired: 'Complete',
  })
})
