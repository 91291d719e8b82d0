import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Settings } from './settings.ts'

/** What a pod's readiness probe looks at. */
export interface Readiness {
  set(ready: boolean): void
  close(): void
}

/**
 * A file that is there while ready, a port that answers 200 while ready, both or neither.
 * @throws Error where the file cannot be written or the port be listened on.
 */
export async function openReadiness({
  readyFile,
  readyPort,
}: Pick<Settings, 'readyFile' | 'readyPort'>): Promise<Readiness> {
  let ready = false
  const server = readyPort === undefined ? undefined : await listen(readyPort, () => ready)
  const show = () => {
    if (readyFile === undefined) return
    if (ready) writeFileSync(readyFile, 'ready\n')
    else rmSync(readyFile, { force: true })
  }
  // One that an earlier run left behind would be a lie.
  show()
  return {
    set(next) {
      if (next === ready) return
      ready = next
      show()
    },
    close() {
      ready = false
      show()
      server?.close()
    },
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
