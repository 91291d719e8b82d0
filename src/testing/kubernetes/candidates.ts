import type { Clock } from '../../kubernetes/clock.ts'
import { LeaderElection } from '../../kubernetes/leader-election.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { MemoryLease } from './memory-lease.ts'

/** One who stands for election, with a process, a wall clock and a way to the Lease of its own. */
export class Candidate {
  readonly name: string
  readonly way: MemoryLease
  readonly election: LeaderElection
  /** Milliseconds by which its wall clock is wrong. */
  skew = 0
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  #thaw: PromiseWithResolvers<void> | undefined

  constructor(name: string, way: MemoryLease, clock: VirtualClock, told: (what: string) => void) {
    this.name = name
    this.way = way
    this.election = new LeaderElection({
      store: way,
      identity: name,
      clock: this.#withFreezes(clock),
      wallClock: () => 1_700_000_000_000 + clock.now() + this.skew,
      random: () => 0.5,
      onStarted: ({ fence }) => told(`${name} + ${fence}`),
      onStopped: () => told(`${name} -`),
    })
    this.#ended = this.election.run(this.#stop.signal)
  }

  /** As by SIGSTOP: time goes on, and nothing that it waits for wakes it. */
  freeze(): void {
    this.#thaw ??= Promise.withResolvers()
  }

  thaw(): void {
    this.#thaw?.resolve()
    this.#thaw = undefined
  }

  async stop(): Promise<void> {
    this.thaw()
    this.#stop.abort()
    await this.#ended
  }

  #withFreezes(clock: VirtualClock): Clock {
    return {
      now: () => clock.now(),
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal)
        await this.#thaw?.promise
      },
    }
  }
}

/** So many candidates for one Lease, on one clock; `told` is what they were told, in order. */
export function candidates(count: number): {
  clock: VirtualClock
  lease: MemoryLease
  all: Candidate[]
  told: string[]
} {
  const clock = new VirtualClock()
  const lease = new MemoryLease()
  const told: string[] = []
  const all = ['a', 'b', 'c']
    .slice(0, count)
    .map((name) => new Candidate(name, lease.another(), clock, (what) => told.push(what)))
  return { clock, lease, all, told }
}
