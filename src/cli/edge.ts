import type { Daemon } from './daemon.ts'

/** `homeport edge`. */
export const EDGE: Daemon = {
  name: 'edge',
  summary: 'run the edge: the daemon beside HAProxy',
  about: 'Run the edge: answer the phones, and keep HAProxy as they ask.',
  docs: 'docs/configuration.md',
  example: 'homeport edge --config ./edge.yaml --log-level debug',
  sheet: async () => (await import('../edge/config/edge-sheet.ts')).edgeSheet(),
  main: async (flags, env) => (await import('../edge/main.ts')).main(flags, env),
}
