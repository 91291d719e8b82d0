import { readFileSync } from 'node:fs'
import type { Context } from './context.ts'
import { processDisk } from './disk.ts'
import { SOCKET_WAIT } from './socket-wait.ts'
import { processTerminal } from './terminal.ts'

/** What the process itself gives. */
export function processContext(): Context {
  const stop = new AbortController()
  return {
    env: process.env,
    terminal: processTerminal(),
    now: Date.now,
    readFile: (path) => readFileSync(path, 'utf8'),
    disk: processDisk,
    socketWait: SOCKET_WAIT,
    get stop() {
      // Only who asks for it takes Ctrl-C over.
      process.once('SIGINT', () => stop.abort())
      return stop.signal
    },
  }
}
