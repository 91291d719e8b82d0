/**
 * Tests on the API server that take minutes together, since they wait for leases to end, for watches to fall silent and for
 * rights to be withdrawn, or deploy every stack there is: `make e2e` runs them, and `make test` does not.
 */
export const LONG_KUBERNETES = [
  'test/kubernetes/controller-{edges,faults,leaders,quiet,rbac,roles,token}.test.ts',
  'test/kubernetes/informer-faults.test.ts',
  'test/kubernetes/leader-election.test.ts',
  'test/kubernetes/own-api-server.test.ts',
  'test/kubernetes/stack-deploy-{all,faults}.test.ts',
  'test/kubernetes/stack-verbs.test.ts',
]
