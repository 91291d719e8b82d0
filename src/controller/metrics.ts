import type { ControllerRules } from '../core/kubernetes/controller-rules.ts'
import { LIVE } from '../core/kubernetes/live-condition.ts'
import { isOurs } from '../core/kubernetes/service-class.ts'
import { type MetricInfo, MetricSet } from '../metric-set.ts'
import type { ClusterView } from './cluster-view.ts'
import type { EdgeOutcome } from './edge-phone.ts'

export interface MetricsParts {
  readonly version: string
  readonly rules: ControllerRules
  readonly view: Pick<ClusterView, 'services'>
  readonly leads: () => boolean
}

/** What Prometheus sees of a controller. */
export interface ControllerMetrics {
  heard(edge: string, outcome: EdgeOutcome): void
  /** In Prometheus' text form. What is counted is looked at now. */
  text(): Promise<string>
  /** Each metric there is, for docs/metrics.md. */
  list(): Promise<MetricInfo[]>
}

export function createMetrics({ version, rules, view, leads }: MetricsParts): ControllerMetrics {
  const set = new MetricSet('homeport_controller_')
  set.gauge('info', 'Always 1; the version is a label.', 'version').set({ version }, 1)
  const leader = set.gauge('leader', '1 while this replica leads.')
  const services = set.gauge(
    'services',
    'Services that are ours, by their condition homeport.dev/Live.',
    'live',
  )
  const up = set.gauge('edge_up', '1 where the edge answered the last call of this replica.', 'edge')
  const refused = set.gauge(
    'document_refused',
    '1 while the edge does not take the document as a whole, and what it took before is kept.',
    'edge',
  )
  const look = () => {
    leader.set(leads() ? 1 : 0)
    services.reset()
    for (const [, service] of view.services()) {
      if (!isOurs(service, rules)) continue
      services.inc({ live: service.status.conditions.find(({ type }) => type === LIVE)?.status ?? 'Unknown' })
    }
  }
  return {
    heard(edge, outcome) {
      const keeps = outcome.kind === 'failed' && outcome.keeps === true
      up.set({ edge }, outcome.kind === 'answered' || keeps ? 1 : 0)
      refused.set({ edge }, keeps ? 1 : 0)
    },
    async text() {
      look()
      return set.registry.metrics()
    },
    list: () => set.list(),
  }
}
