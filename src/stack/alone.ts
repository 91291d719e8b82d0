import { ApiFailed, hasStatus } from '../kubernetes/api-failed.ts'
import { LeaderElection } from '../kubernetes/leader-election.ts'
import { ApiLease } from '../kubernetes/lease.ts'
import type { StackCluster } from './stack-cluster.ts'
import { apiFailure, StackFailed } from './stack-failed.ts'

/** The Lease that whoever changes a stack holds while doing so. */
export const LEASE = 'homeport-stack'

/** Milliseconds to wait for others: one that was killed holds it for 15 s more. */
const PATIENCE = 60_000

export interface AloneOptions {
  /** No other process has it. */
  readonly identity: string
  readonly patience?: number
}

/**
 * Does the work while nobody else changes the stack: of two deploys at once each is whole.
 * @throws StackFailed when another one is at it all the time
 */
export async function alone<T>(
  cluster: StackCluster,
  stack: string,
  { identity, patience = PATIENCE }: AloneOptions,
  work: (cluster: StackCluster) => Promise<T>,
): Promise<T> {
  const { api, clock, signal } = cluster
  const store = new ApiLease(api, stack, LEASE)
  const stop = new AbortController()
  const outcome = Promise.withResolvers<T>()
  // Whoever awaits it comes later.
  outcome.promise.catch(() => undefined)
  let begun = false
  let lastFault: ApiFailed | undefined
  const election = new LeaderElection({
    store,
    clock,
    identity,
    retryPeriod: 1_000,
    onStarted: (term) => {
      begun = true
      const limited = { ...cluster, signal: AbortSignal.any([signal, term.signal]) }
      work(limited)
        .then(outcome.resolve, outcome.reject)
        .finally(() => stop.abort())
    },
    onStopped: () =>
      outcome.promise.then(
        () => undefined,
        () => undefined,
      ),
    onFault: (fault) => {
      lastFault = fault
      if (begun || !isFinal(fault)) return
      outcome.reject(apiFailure(fault))
      stop.abort()
    },
  })
  const onStop = () => stop.abort()
  signal.addEventListener('abort', onStop)
  const running = election.run(stop.signal)
  await Promise.race([running, clock.sleep(patience, stop.signal)])
  if (!begun) {
    stop.abort()
    outcome.reject(lastFault ? apiFailure(lastFault) : await busy(store, stack, signal))
  }
  await running
  signal.removeEventListener('abort', onStop)
  return await outcome.promise
}

async function busy(store: ApiLease, stack: string, signal: AbortSignal): Promise<StackFailed> {
  if (signal.aborted) return apiFailure(ApiFailed.stopped())
  const { lease } = await store.read(signal).catch(() => ({ lease: undefined }))
  const holder = lease?.holder ? `: ${lease.holder} is at it` : ''
  return new StackFailed('stack-busy', `${stack} is being changed by somebody else${holder}`)
}

/** What will not be otherwise by asking again. */
function isFinal(fault: ApiFailed): boolean {
  return hasStatus(fault, 401) || hasStatus(fault, 403) || hasStatus(fault, 404)
}
