import { defineConfig } from 'vitest/config'
import { PlainSummary } from './test/setup/plain-summary.ts'

/** What `make e2e` runs, and `npm test` does not: tests on a whole cluster, one after the other. */
export default defineConfig({
  test: {
    name: 'e2e',
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: './test/setup/cluster.ts',
    pool: 'forks',
    fileParallelism: false,
    reporters: ['default', new PlainSummary()],
    // Generous: they end what hangs, and say nothing about speed.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000,
  },
})
