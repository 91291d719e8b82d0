/** What is to come of a test here. */
export interface Expectation {
  /** Its text in test/e2e/network/loadbalancer.go, without tags. */
  readonly test: string
  /** Why it does not pass. Left out: it has to. */
  readonly unless?: string
  /** With `unless`: the failure that it ends with. Left out: it is not run, since it would wait for 15 minutes. */
  readonly failure?: string
}

const UDP = 'the edge carries no UDP yet; the Service is told: `ProtocolUnsupported`'

/** Kubernetes' tests for Services of type LoadBalancer, in the order of the file that they are in: all of them. */
export const EXPECTATIONS: readonly Expectation[] = [
  { test: 'should be able to change the type and ports of a TCP service' },
  { test: 'should be able to change the type and ports of a UDP service', unless: UDP },
  { test: 'should only allow access from service loadbalancer source ranges' },
  { test: 'should have session affinity work for LoadBalancer service with Local traffic policy' },
  { test: 'should be able to switch session affinity for LoadBalancer service with Local traffic policy' },
  { test: 'should have session affinity work for LoadBalancer service with Cluster traffic policy' },
  { test: 'should be able to switch session affinity for LoadBalancer service with Cluster traffic policy' },
  { test: 'should handle load balancer cleanup finalizer for service' },
  {
    test: 'should be able to create LoadBalancer Service without NodePort and change it',
    unless: 'an edge outside the cluster reaches pods by node ports alone; the Service is told: `NoNodePort`',
  },
  {
    test: 'should be able to preserve UDP traffic when server pod cycles for a LoadBalancer service on different nodes',
    unless: UDP,
  },
  {
    test: 'should be able to preserve UDP traffic when server pod cycles for a LoadBalancer service on the same nodes',
    unless: UDP,
  },
  {
    test: 'should not have connectivity disruption during rolling update with externalTrafficPolicy=Cluster',
  },
  { test: 'should not have connectivity disruption during rolling update with externalTrafficPolicy=Local' },
  {
    test: 'should work for type=LoadBalancer',
    unless:
      'pods see the address of the edge, which is a proxy, and are told that of the client only by the PROXY protocol',
    failure: 'Source IP was NOT preserved',
  },
  { test: 'should only target nodes with endpoints' },
  { test: 'should target all nodes with endpoints' },
  { test: 'should work from pods' },
]

/** Whether it is run where nobody names the tests to run. */
export function isRun({ unless, failure }: Expectation): boolean {
  return unless === undefined || failure !== undefined
}
