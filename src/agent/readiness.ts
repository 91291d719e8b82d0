import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { settingLabel } from './given.ts'
import { type Settings, SettingsInvalid } from './settings.ts'

/** What a pod's readiness probe looks at. */
export interface Readiness {
  /** @throws Error where the file cannot be written or removed any more. */
  set(ready: boolean): void
  /** @throws Error as `set` does; the port is closed all the same. */
  close(): void
}

/**
 * A file that is there while ready, a port that answers 200 while ready, both or neither.
 * @throws SettingsInvalid where the file cannot be written or removed.
 * @throws Error where the port cannot be listened on.
 */
export async function openReadiness({
  readyFile,
  readyPort,
}: Pick<Settings, 'readyFile' | 'readyPort'>): Promise<Readiness> {
  if (readyFile !== undefined) tryFile(readyFile)
  let ready = false
  const server = readyPort === undefined ? undefined : await listen(readyPort, () => ready)
  const show = () => {
    if (readyFile === undefined) return
    if (ready) writeFileSync(readyFile, 'ready\n')
    else rmSync(readyFile, { force: true })
  }
  return {
    set(next) {
      if (next === ready) return
      ready = next
      show()
    },
    close() {
      server?.close()
      ready = false
      show()
    },
  }
}

/**
 * Found now, or a pod whose claims are live would end over it later. A file that an earlier run left behind would be a lie,
 * and so would the trial itself: that is another one beside it.
 */
function tryFile(path: string): void {
  const trial = `${path}.trial`
  try {
    rmSync(path, { force: true })
    writeFileSync(trial, '')
    rmSync(trial)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SettingsInvalid([`${settingLabel('readyFile')}: ${reason}`])
  }
}

async function listen(port: number, isReady: () => boolean): Promise<{ close(): void }> {
  const server = createServer(({ url }, response) => {
    const [status, text] = replyTo(url, isReady())
    response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(text)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, resolve)
  })
  return {
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function replyTo(url: string | undefined, ready: boolean): [number, string] {
  if (url === '/readyz') return ready ? [200, 'ready\n'] : [503, 'not ready\n']
  return url === '/healthz' ? [200, 'alive\n'] : [404, 'GET /readyz or /healthz\n']
}
