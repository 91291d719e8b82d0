import { defineConfig } from 'vitest/config'
import { LONG_KUBERNETES } from './test/setup/long-kubernetes.ts'
import { LongestFirst } from './test/setup/longest-first.ts'
import { PlainSummary } from './test/setup/plain-summary.ts'

/** Generous: they end what hangs, and say nothing about speed. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000, teardownTimeout: 30_000 }

export default defineConfig({
  test: {
    pool: 'forks',
    reporters: ['default', new PlainSummary()],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/{cases,conformance,corpus}/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          globalSetup: './test/setup/haproxy.ts',
          sequence: { groupOrder: 1 },
          ...patient,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/{integration,lint,docs}/**/*.test.ts'],
          globalSetup: './test/setup/haproxy.ts',
          // After the others, and three files at a time: each starts programs of its own, and mostly waits.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
          ...patient,
        },
      },
      {
        test: {
          name: 'kubernetes',
          include: ['test/kubernetes/**/*.test.ts'],
          exclude: LONG_KUBERNETES,
          globalSetup: './test/setup/kubernetes.ts',
          // Beside the integration tests, in the same three places.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
          ...patient,
        },
      },
    ],
  },
})
