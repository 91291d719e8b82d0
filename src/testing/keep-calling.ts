import type { Defer } from './cleanup.ts'
import { connectAndRead } from './connect-and-read.ts'

/** Calls the port again and again; `stop` tells how often, and how often in vain. */
export function keepCalling(defer: Defer, port: number) {
  let running = true
  const counts = { called: 0, failed: 0 }
  const caller = async () => {
    while (running) {
      counts.called++
      await connectAndRead({ port }).catch(() => counts.failed++)
    }
  }
  const callers = Array.from({ length: 4 }, caller)
  const stop = async () => {
    running = false
    await Promise.all(callers)
    return counts
  }
  defer(async () => void (await stop()))
  return stop
}
