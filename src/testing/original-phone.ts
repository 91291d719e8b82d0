import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from './cleanup.ts'
import { EdgeProcess } from './edge-process.ts'
import { freePort } from './free-port.ts'
import { type HttpAnswer, httpCall } from './http-call.ts'
import { temporaryFolder } from './temporary-folder.ts'

const TOKEN = 'ilovecheese'

/** What the original phone-home's shell loop sends: texts, all of them. */
export interface OriginalCall {
  readonly name: string
  readonly 'frontend-port': string
  readonly 'backend-port': string
  readonly 'dst-ip': string
  readonly action: string
  readonly 'send-proxy'?: string
}

/** An edge that takes the original's calls too. */
export interface EdgeWithWebhook {
  readonly edge: EdgeProcess
  /** Calls as the original does: to claim a port for a node, unless told. */
  call(fields: Partial<OriginalCall>, token?: string): Promise<HttpAnswer>
}

export async function edgeWithWebhook(
  defer: Defer,
  env: Readonly<Record<string, string>> = {},
): Promise<EdgeWithWebhook> {
  const port = await freePort()
  const tokenFile = join(await temporaryFolder(defer), 'token')
  await writeFile(tokenFile, `${TOKEN}\n`)
  const edge = await EdgeProcess.start(defer, {
    env: {
      HOMEPORT_EDGE_WEBHOOK_LISTEN: `127.0.0.1:${port}`,
      HOMEPORT_EDGE_WEBHOOK_TOKEN_FILE: tokenFile,
      ...env,
    },
  })
  const call = (fields: Partial<OriginalCall>, token = TOKEN) =>
    httpCall({
      ...{ port, method: 'POST', path: '/hooks/update-haproxy' },
      headers: { 'content-type': 'application/json', 'x-funkypenguin-token': token },
      body: JSON.stringify({ ...ADD, ...fields }),
    })
  return { edge, call }
}

const ADD: OriginalCall = {
  name: 'mosquitto',
  'frontend-port': '8443',
  'backend-port': '30843',
  'dst-ip': '127.0.0.2',
  action: 'add',
  'send-proxy': '',
}
