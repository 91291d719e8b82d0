import { Gauge, Registry } from 'prom-client'
import type { ControllerRules } from '../core/kubernetes/controller-rules.ts'
import { LIVE } from '../core/kubernetes/live-condition.ts'
import { isOurs } from '../core/kubernetes/service-class.ts'
import type { ClusterView } from './cluster-view.ts'
import type { EdgeOutcome } from './edge-phone.ts'

export interface MetricsParts {
  readonly version: string
  readonly rules: ControllerRules
  readonly view: ClusterView
  readonly leads: () => boolean
}

/** What Prometheus sees of a controller. */
export interface ControllerMetrics {
  heard(edge: string, outcome: EdgeOutcome): void
  /** In Prometheus' text form. */
  text(): Promise<string>
}

export function createMetrics({ version, rules, view, leads }: MetricsParts): ControllerMetrics {
  const registry = new Registry()
  const registers = [registry]
  const info = new Gauge({
    ...{ name: 'homeport_controller_info', help: 'The version of the controller.' },
    ...{ labelNames: ['version'], registers },
  })
  info.set({ version }, 1)
  new Gauge({
    ...{ name: 'homeport_controller_leader', help: '1 while this replica leads.', registers },
    collect() {
      this.set(leads() ? 1 : 0)
    },
  })
  new Gauge({
    ...{
      name: 'homeport_controller_services',
      help: 'Services that are ours, by their condition homeport.dev/Live.',
    },
    ...{ labelNames: ['live'], registers },
    collect() {
      this.reset()
      for (const [, service] of view.services()) {
        if (!isOurs(service, rules)) continue
        this.inc({ live: service.status.conditions.find(({ type }) => type === LIVE)?.status ?? 'Unknown' })
      }
    },
  })
  const up = new Gauge({
    ...{
      name: 'homeport_controller_edge_up',
      help: '1 where the edge answered the last call of this replica.',
    },
    ...{ labelNames: ['edge'], registers },
  })
  const refused = new Gauge({
    ...{
      name: 'homeport_controller_document_refused',
      help: '1 while the edge refuses the document as a whole, and what it took before is kept.',
    },
    ...{ labelNames: ['edge'], registers },
  })
  return {
    heard: (edge, outcome) => {
      const keeps = outcome.kind === 'failed' && outcome.keeps === true
      up.set({ edge }, outcome.kind === 'answered' || keeps ? 1 : 0)
      refused.set({ edge }, keeps ? 1 : 0)
    },
    text: () => registry.metrics(),
  }
}
