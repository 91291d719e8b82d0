import { defineConfig } from 'vitest/config'
import { SHARED_CLUSTERS } from './src/testing/kubernetes/shared-cluster.ts'
import { LONG_KUBERNETES } from './test/setup/long-kubernetes.ts'
import { LongestFirst } from './test/setup/longest-first.ts'
import { PlainSummary } from './test/setup/plain-summary.ts'

/** Generous: they end what hangs, and say nothing about speed. */
const patient = { testTimeout: 180_000, hookTimeout: 180_000, teardownTimeout: 60_000 }

/** What `make e2e` runs, and `npm test` does not: tests on a whole cluster, and those of the controller that take long. */
export default defineConfig({
  test: {
    pool: 'forks',
    reporters: ['default', new PlainSummary()],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: './test/setup/cluster.ts',
          // Each has a cluster, which files use one after the other.
          maxWorkers: process.env[SHARED_CLUSTERS]?.split(',').length ?? 2,
          ...patient,
        },
      },
      {
        test: {
          name: 'kubernetes',
          include: LONG_KUBERNETES,
          globalSetup: './test/setup/kubernetes.ts',
          // Beside those on the cluster, which are another program's (scripts/e2e.ts).
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          ...patient,
        },
      },
    ],
  },
})
