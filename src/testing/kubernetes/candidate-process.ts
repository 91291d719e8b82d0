/**
 * A program that stands for election, for tests that stop whole processes: `KUBECONFIG NAMESPACE IDENTITY`. Prints
 * `IDENTITY + FENCE`, `IDENTITY -`, and `IDENTITY acts NOW` again and again while it believes that it leads, NOW being the
 * machine's monotonic ns from just before it looked whether it does. Its times are short.
 */
import { ApiServer } from '../../kubernetes/api-server.ts'
import { kubeconfigAccess } from '../../kubernetes/kubeconfig.ts'
import { LeaderElection } from '../../kubernetes/leader-election.ts'
import { ApiLease } from '../../kubernetes/lease.ts'

const [kubeconfig = '', namespace = '', identity = ''] = process.argv.slice(2)
const api = new ApiServer({ access: kubeconfigAccess({ kubeconfig }), userAgent: identity })
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())

const election = new LeaderElection({
  store: new ApiLease(api, namespace, 'leader'),
  identity,
  onStarted: ({ fence }) => console.log(`${identity} + ${fence}`),
  onStopped: () => console.log(`${identity} -`),
  leaseDuration: 3_000,
  renewDeadline: 2_000,
  retryPeriod: 200,
})
const acting = setInterval(() => {
  const now = process.hrtime.bigint()
  if (election.isLeader) console.log(`${identity} acts ${now}`)
}, 10)
await election.run(stop.signal)
clearInterval(acting)
api.close()
