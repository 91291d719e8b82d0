import type { Log } from './log.ts'
import type { SqliteStore } from './store/sqlite-store.ts'
import { StorageFailed } from './store/store.ts'
import type { TurnedAway } from './turned-away.ts'

const DAY = 86_400_000
const MINUTE = 60_000

/**
 * What is done now and then: a good copy of the state at the start and every day, and the last words on callers that were
 * turned away. Returns the way to stop.
 * @throws StateUnusable when the state turns out damaged at the start
 */
export function keepHouse(
  store: Pick<SqliteStore, 'keepGoodCopy'>,
  turnedAway: TurnedAway,
  log: Log,
): () => void {
  keepGoodCopy(store, log)
  const daily = setInterval(() => {
    try {
      keepGoodCopy(store, log)
    } catch (error) {
      // The daemon goes on from memory; the operator has to know before the next start refuses the file.
      log.error(
        { detail: error instanceof Error ? error.message : String(error) },
        'the state file is damaged',
      )
    }
  }, DAY)
  const sweeping = setInterval(() => turnedAway.sweep(), MINUTE)
  return () => {
    clearInterval(daily)
    clearInterval(sweeping)
  }
}

/** Without room for a copy the old one stays, and all else goes on. */
function keepGoodCopy(store: Pick<SqliteStore, 'keepGoodCopy'>, log: Log): void {
  try {
    store.keepGoodCopy()
  } catch (error) {
    if (!(error instanceof StorageFailed)) throw error
    log.warn({ detail: error.message }, 'there is no room for a good copy of the state')
  }
}
