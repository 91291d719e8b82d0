import { createMetrics } from '../src/edge/metrics.ts'
import { stubEdge } from '../src/testing/stub-edge.ts'

/** The table of docs/metrics.md. */
export async function metricsTable(): Promise<string> {
  const metrics = await createMetrics({ edge: stubEdge(), turnedAway: { total: 0 }, version: '' }).list()
  const rows = metrics.map(({ name, labels, type, help }) => {
    const label = labels.length === 0 ? '' : `{${labels.join(', ')}}`
    return `| \`${name}${label}\` | ${type} | ${help} |`
  })
  return ['| metric | type | what it says |', '| --- | --- | --- |', ...rows].join('\n')
}
