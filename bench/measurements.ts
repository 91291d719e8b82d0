import type { Measurement } from './figure.ts'
import { bursts } from './figures/bursts.ts'
import { changes } from './figures/changes.ts'
import { cluster } from './figures/cluster.ts'
import { controller } from './figures/controller.ts'
import { failover } from './figures/failover.ts'
import { footprint } from './figures/footprint.ts'
import { reloadUnderLoad } from './figures/reload-under-load.ts'
import { renewals } from './figures/renewals.ts'
import { renewedCrowd } from './figures/renewed-crowd.ts'
import { stack } from './figures/stack.ts'
import { stackCorpus } from './figures/stack-corpus.ts'

/** Every measurement, in the order in which they run. */
export const MEASUREMENTS: readonly Measurement[] = [
  renewals,
  renewedCrowd,
  changes,
  bursts,
  failover,
  reloadUnderLoad,
  footprint,
  controller,
  cluster,
  stackCorpus,
  stack,
]
