import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { ApiServer } from '../kubernetes/api-server.ts'
import { systemClock } from '../kubernetes/clock.ts'
import { EventRecorder } from '../kubernetes/event-recorder.ts'
import { kubeconfigAccess } from '../kubernetes/kubeconfig.ts'
import { LeaderElection } from '../kubernetes/leader-election.ts'
import { ApiLease } from '../kubernetes/lease.ts'
import { createLog, type Log } from '../log.ts'
import { ConfigInvalid, type Flags, loadSettings } from '../settings/load-settings.ts'
import { version } from '../version.ts'
import { ApiServiceWriter } from './api-service-writer.ts'
import { ClusterView } from './cluster-view.ts'
import { ClusterWatch } from './cluster-watch.ts'
import { Controller } from './controller.ts'
import { controllerSheet } from './controller-sheet.ts'
import { DocumentLine } from './document-line.ts'
import { EdgeAnnouncer } from './edge-announcer.ts'
import { edgeList, type ListedEdge, rulesOf } from './edge-list.ts'
import type { EdgeWay } from './edge-way.ts'
import { fieldManagerOf } from './field-manager.ts'
import { serveHealth } from './health-server.ts'
import { machineFaults } from './machine-faults.ts'
import { createMetrics } from './metrics.ts'
import { namespaceUid } from './namespace-uid.ts'
import { leaseRegarding } from './regarding.ts'
import type { Settings } from './settings.ts'
import { TokenFile } from './token-file.ts'

/** `homeport controller`: runs until it is told to stop. Flags by name without the dashes. */
export async function main(flags: Flags, environment: NodeJS.ProcessEnv): Promise<void> {
  const settings = loadSettings(controllerSheet(machineFaults), flags, environment)
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  await runController(settings, createLog(settings.log.level), stop.signal)
}

/**
 * Builds the controller from real things and runs it: the only place that does.
 * @throws ConfigInvalid
 */
export async function runController(settings: Settings, log: Log, stop: AbortSignal): Promise<void> {
  const api = new ApiServer({ access: accessTo(settings), userAgent: `homeport-controller/${version}` })
  const namespace = settings.kubernetes.namespace ?? api.namespace ?? 'default'
  const identity = `${hostname()}-${randomBytes(4).toString('hex')}`
  const edges = edgeList(settings)
  const rules = rulesOf(settings, edges, namespace)

  const recorder = new EventRecorder({
    api,
    reporter: { controller: 'homeport.dev/controller', instance: identity },
    onDropped: ({ regarding, reason, message }, why) =>
      log.warn({ regarding: regarding.name, reason, message, why: String(why) }, 'an Event was dropped'),
  })
  const fieldManager = fieldManagerOf(namespace, settings.election.name)
  const watch = new ClusterWatch({
    api,
    fieldManager,
    namespaces: settings.namespaces,
    nodeHealth: rules.nodeHealthService,
    onFault: (what, { status, reason, message }) =>
      log.warn({ what, status, reason, detail: message }, 'the API server does not tell what changes'),
  })
  const view = new ClusterView(watch.stores, rules)
  const writer = new ApiServiceWriter({
    api,
    fieldManager,
    onWritten: (before, after) => view.learn(before, after),
    tell: (service, event) => {
      const { name, uid } = service
      recorder.record({
        ...event,
        regarding: { apiVersion: 'v1', kind: 'Service', namespace: service.namespace, name, uid },
      })
    },
  })
  const lease = leaseRegarding(namespace, settings.election.name)
  const announcer = new EdgeAnnouncer(log, (type, reason, message) =>
    recorder.record({ regarding: lease, type, reason, message }),
  )
  const tokens = new TokenFile({
    path: settings.tokenFile ?? '',
    edges: edges.length,
    readFile: (path) => readFileSync(path, 'utf8'),
    onFault: (detail) => log.warn({ detail }, 'the token file cannot be used; the last token goes on'),
  })
  let running: Controller | undefined
  const metrics = createMetrics({ version, rules, view, leads: () => running?.leads ?? false })
  // Before anything is asked of the API server: one that is away must not look as if this program were dead.
  const health = settings.health.listen
    ? await openHealth(settings, { ready: () => running?.ready ?? false, metrics: () => metrics.text() })
    : undefined
  const uid = await namespaceUid(api, namespace, { log, stop })
  const controller = new Controller({
    watch,
    view,
    writer,
    rules,
    isHolding: settings.namespaces.length === 0,
    ways: edges.map((edge) => wayTo(edge, settings, tokens, { namespace, uid })),
    clock: systemClock,
    wallClock: Date.now,
    random: Math.random,
    interval: settings.interval,
    releaseTime: settings.release.timeout,
    onEdge: (edge, outcome) => {
      announcer.hear(edge, outcome)
      metrics.heard(edge, outcome)
    },
    onFault: (service, error, failures) => {
      if (failures === 1) log.warn({ service, detail: String(error) }, 'a Service could not be written')
    },
    onUnseen: (unseen, { message }) => {
      log.warn(
        { namespace: unseen, detail: message },
        'a namespace may not be seen: what the edges have of it stays',
      )
      const note = `The namespace ${unseen} may not be seen: ${message}. What the edges have of it stays. Give the controller its Role there (deploy/kubernetes/controller-namespaced.yaml), or take the namespace from its settings.`
      recorder.record({ regarding: lease, type: 'Warning', reason: 'NamespaceUnseen', message: note })
    },
    onTerm: (fence) =>
      log.info(
        { identity, ...(fence !== undefined && { fence }) },
        fence === undefined ? 'leads no longer' : 'leads',
      ),
  })
  running = controller
  const { duration, name } = settings.election
  const election = new LeaderElection({
    store: new ApiLease(api, namespace, name),
    identity,
    leaseDuration: duration,
    renewDeadline: (duration * 2) / 3,
    retryPeriod: duration / 7.5,
    onStarted: (leading) => controller.begin(leading),
    onStopped: () => controller.end(),
    onFault: ({ status, reason, message }) =>
      log.warn({ status, reason, detail: message }, 'the Lease of the election is out of reach'),
  })
  log.info(
    { version, identity, namespace, edges: edges.map(({ name: edge, url }) => `${edge}=${url.origin}`) },
    'the controller starts',
  )
  const events = recorder.run(stop)
  try {
    await controller.run(election, stop)
    await events
  } finally {
    health?.close()
    api.close()
  }
  log.info('the controller has stopped; the edges go on with what they have')
}

function accessTo({ kubernetes: { config, context } }: Settings) {
  return kubeconfigAccess({
    ...(config !== undefined && { kubeconfig: config }),
    ...(context !== undefined && { context }),
  })
}

function wayTo(
  { name, url, index }: ListedEdge,
  { cluster, lease, election, caFile }: Settings,
  tokens: TokenFile,
  { namespace, uid }: { readonly namespace: string; readonly uid: string | undefined },
): EdgeWay {
  const line = new DocumentLine({
    url,
    cluster,
    document: `${namespace}.${election.name}`,
    ttl: Math.round(lease.ttl / 1000),
    now: () => systemClock.now(),
    token: () => tokens.token(index),
    ...(caFile !== undefined && { authorities: readFileSync(caFile, 'utf8') }),
    ...(uid !== undefined && { clusterUid: uid }),
  })
  return { name, line }
}

async function openHealth({ health: { listen } }: Settings, parts: Parameters<typeof serveHealth>[1]) {
  if (!listen) return undefined
  try {
    return await serveHealth(listen, parts)
  } catch (error) {
    throw new ConfigInvalid([{ where: 'health.listen', message: `cannot listen there: ${reasonOf(error)}` }])
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
