import { Counter, Gauge, type Registry } from 'prom-client'
import { type MetricInfo, MetricSet } from '../metric-set.ts'
import type { ClaimView, EventView, StatusView } from '../wire/views.ts'
import type { EdgeService } from './edge-service.ts'

export interface MetricsParts {
  readonly edge: Pick<EdgeService, 'status' | 'routes' | 'claims' | 'events'>
  readonly turnedAway: { readonly total: number }
  readonly version: string
}

export interface Metrics {
  /** Everything in Prometheus' text format. What is counted is looked at now: between two calls it costs nothing. */
  text(): Promise<string>
  /** Each metric there is, for docs/metrics.md. */
  list(): Promise<MetricInfo[]>
}

const EVERYTHING = { role: 'admin' } as const

/** The daemon's metrics; docs/metrics.md lists them. */
export function createMetrics({ edge, turnedAway, version }: MetricsParts): Metrics {
  const set = new MetricSet('homeport_')
  set.gauge('build_info', 'Always 1; the version is a label.', 'version').set({ version }, 1)
  const ready = set.gauge('ready', 'Whether HAProxy serves what the daemon knows.')
  const documents = set.gauge('documents', 'Documents held, one a phone.')
  const claims = set.gauge('claims', 'Claims by cluster and what became of them.', 'cluster', 'state')
  const routes = set.gauge('routes', 'Frontend ports by whether they are served.', 'state')
  const backends = set.gauge('backends', 'Backends of all routes by their health.', 'health')
  const stale = set.gauge('stale_backends', 'Backends that are kept though their phone fell silent.')
  const events = set.counter('events_total', 'Changes of state by type.', 'type')
  const refused = set.counter('turned_away_total', 'Calls with a missing, unknown or expired token.')
  const haproxyUp = set.gauge('haproxy_up', 'Whether HAProxy answers.')
  const reloads = set.counter('haproxy_reloads_total', 'Reloads of HAProxy by this daemon.')
  const sessions = set.gauge('haproxy_sessions', 'Sessions open in HAProxy.')
  const oldWorkers = set.gauge(
    'haproxy_old_workers',
    'Workers that a reload replaced and that still have sessions.',
  )
  const oldSessions = set.gauge('haproxy_old_worker_sessions', 'Sessions open in those workers.')
  processMetrics(set.registry)
  edge.events(undefined, ({ type }: EventView) => events.inc({ type }))

  const lookAtHaproxy = ({ haproxy }: StatusView) => {
    haproxyUp.set(haproxy.state === 'running' ? 1 : 0)
    setTotal(reloads, haproxy.reloads)
    sessions.set(haproxy.sessions)
    oldWorkers.set(haproxy.oldWorkers.length)
    oldSessions.set(haproxy.oldWorkers.reduce((sum, { sessions = 0 }) => sum + sessions, 0))
  }
  const look = async () => {
    const status = await edge.status(EVERYTHING)
    lookAtHaproxy(status)
    ready.set(status.ready ? 1 : 0)
    documents.set(status.documents)
    routes.set({ state: 'live' }, status.routes.live)
    routes.set({ state: 'refused' }, status.routes.refused)
    setTotal(refused, turnedAway.total)
    claims.reset()
    for (const count of countClaims(edge.claims(EVERYTHING))) claims.set(count.labels, count.claims)
    const all = edge.routes(EVERYTHING).flatMap((route) => route.backends)
    const byHealth = tally(all.map(({ health }) => health))
    for (const health of ['up', 'down', 'checking', 'unchecked'] as const) {
      backends.set({ health }, byHealth.get(health) ?? 0)
    }
    stale.set(all.filter((backend) => backend.stale).length)
  }
  return {
    async text() {
      await look()
      return set.registry.metrics()
    },
    list: () => set.list(),
  }
}

/** The most values of a label: a token without clusters in its scope may make up any number of them. */
const MOST_CLUSTERS = 100

/** What stands for the clusters beyond: no cluster has such a name. */
const OTHERS = '(others)'

/** Every state of each cluster, the clusters in the order in which they come. */
function countClaims(claims: readonly ClaimView[]) {
  const counts = new Map<string, Record<ClaimView['state'], number>>()
  for (const { cluster, state } of claims) {
    const name = counts.has(cluster) || counts.size < MOST_CLUSTERS ? cluster : OTHERS
    const count = counts.get(name) ?? { live: 0, stale: 0, refused: 0 }
    count[state] += 1
    counts.set(name, count)
  }
  return [...counts].flatMap(([cluster, { live, stale, refused }]) => [
    { labels: { cluster, state: 'live' }, claims: live },
    { labels: { cluster, state: 'stale' }, claims: stale },
    { labels: { cluster, state: 'refused' }, claims: refused },
  ])
}

/** The three that every dashboard knows; Prometheus' client has forty more, which cost time all the time. */
function processMetrics(registry: Registry): void {
  const registers = [registry]
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the daemon, in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      setTotal(this, (user + system) / 1e6)
    },
  })
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the daemon.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the daemon started, since the epoch.',
    registers,
  }).set(Math.round(performance.timeOrigin / 1000))
}

/** For what is counted elsewhere. */
function setTotal(counter: Counter, total: number): void {
  counter.reset()
  counter.inc(total)
}

function tally<Key>(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}
