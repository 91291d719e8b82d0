/**
 * Tests of the controller that take minutes together, since they wait for leases to end and for rights to be withdrawn:
 * `make e2e` runs them, and `make test` does not.
 */
export const LONG_KUBERNETES = ['test/kubernetes/controller-{faults,leaders,quiet,rbac}.test.ts']
