import type { Daemon } from './daemon.ts'

/** `homeport controller`. */
export const CONTROLLER: Daemon = {
  name: 'controller',
  summary: 'phone home for a whole cluster: Services of type LoadBalancer',
  about: 'Run the controller: give every Service of type LoadBalancer its ports on the edges.',
  docs: 'docs/load-balancer.md',
  example: 'homeport controller --edges https://203.0.113.5:9443 --token-file ./token --cluster home',
  sheet: async () => (await import('../controller/controller-sheet.ts')).controllerSheet(),
  main: async (flags, env) => (await import('../controller/main.ts')).main(flags, env),
}
