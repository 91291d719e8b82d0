/** What `homeport stack` does with a cluster. It is loaded when it is asked for: other commands do without a kubeconfig's reader. */
export { deploy, leftOver, pruned } from './deploy.ts'
export { differences } from './diff.ts'
export { followLogs, stackLogs } from './follow-logs.ts'
export { makePlan } from './plan.ts'
export { remove } from './remove.ts'
export { openCluster } from './stack-cluster.ts'
export { podsOf, servicesOf, stackViews } from './views.ts'
export { explain, waitUntilReady } from './wait.ts'
