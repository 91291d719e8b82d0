import type { GoodCopyKeeper } from './good-copy-keeper.ts'
import type { TurnedAway } from './turned-away.ts'

const MINUTE = 60_000

/**
 * What is done now and then: the good copy of the state, and the last words on callers that were turned away. Returns the
 * way to stop.
 * @throws StateUnusable when the state turns out damaged at the start
 */
export function keepHouse(goodCopy: GoodCopyKeeper, turnedAway: TurnedAway): () => void {
  goodCopy.start()
  const sweeping = setInterval(() => turnedAway.sweep(), MINUTE)
  return () => {
    goodCopy.stop()
    clearInterval(sweeping)
  }
}
