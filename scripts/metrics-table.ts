import { createMetrics as createControllerMetrics } from '../src/controller/metrics.ts'
import { createMetrics } from '../src/edge/metrics.ts'
import type { MetricInfo } from '../src/metric-set.ts'
import { clusterRules } from '../src/testing/cluster.ts'
import { stubEdge } from '../src/testing/stub-edge.ts'

/** The edge's table of docs/metrics.md. */
export async function metricsTable(): Promise<string> {
  return tableOf(await createMetrics({ edge: stubEdge(), turnedAway: { total: 0 }, version: '' }).list())
}

/** The controller's. */
export async function controllerMetricsTable(): Promise<string> {
  const view = { services: () => [] }
  const parts = { version: '', rules: clusterRules, view, leads: () => false }
  return tableOf(await createControllerMetrics(parts).list())
}

function tableOf(metrics: readonly MetricInfo[]): string {
  const rows = metrics.map(({ name, labels, type, help }) => {
    const label = labels.length === 0 ? '' : `{${labels.join(', ')}}`
    return `| \`${name}${label}\` | ${type} | ${help} |`
  })
  return ['| metric | type | what it says |', '| --- | --- | --- |', ...rows].join('\n')
}
