import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Listen } from '../settings/kind.ts'
import { ConfigInvalid } from '../settings/load-settings.ts'
import { renewCertificate } from './api/http-server.ts'
import type { ApiParts } from './api/parts.ts'
import { buildApi } from './api/server.ts'
import type { Settings } from './config/settings.ts'
import type { Identity } from './edge-service.ts'
import type { Credentials } from './tls/credentials.ts'
import { buildWebhook } from './webhook/server.ts'

/** Whoever may open the socket is the operator: its folder and itself are the daemon's user's alone. */
const OPERATOR: Identity = { id: 'operator', scope: { role: 'admin' } }

export interface Servers {
  /** Of the API. */
  readonly port: number
  /** For the connections to come; those that are open stay. */
  renewCertificate(credentials: Credentials): void
  close(): Promise<void>
}

/** Opens the edge's doors: HTTPS for phones, a UNIX socket for the operator, and the original's webhook where wanted. */
export async function listen(
  parts: ApiParts,
  settings: Settings,
  { key, cert }: Credentials,
): Promise<Servers> {
  const servers: FastifyInstance[] = []
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()))
  }
  try {
    const api = buildApi(parts, { tls: { key, cert } })
    servers.push(api)
    await open(api, settings.api.listen, 'api.listen')
    servers.push(await listenLocally(parts, join(settings.runtimeDir, 'admin.sock')))
    const webhook = await listenToWebhook(parts, settings)
    if (webhook) servers.push(webhook)
    return {
      port: portOf(api) ?? settings.api.listen.port,
      renewCertificate: (credentials) => renewCertificate(api, credentials),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A socket that a daemon left behind when it was killed is in the way; one that lives is not: the store has one user. */
async function listenLocally(parts: ApiParts, path: string): Promise<FastifyInstance> {
  rmSync(path, { force: true })
  const server = buildApi(parts, { everybodyIs: OPERATOR })
  await server.listen({ path })
  chmodSync(path, 0o600)
  return server
}

async function listenToWebhook(parts: ApiParts, { webhook }: Settings): Promise<FastifyInstance | undefined> {
  const { listen: where, tokenFile, lease } = webhook
  if (!where || tokenFile === undefined) return undefined
  const server = buildWebhook(parts, { token: readToken(tokenFile), lease })
  await open(server, where, 'webhook.listen')
  return server
}

/** An empty token would let everybody in. */
function readToken(file: string): string {
  try {
    const token = readFileSync(file, 'utf8').trim()
    if (token !== '') return token
  } catch (error) {
    throw new ConfigInvalid([{ where: file, message: `webhook.tokenFile: ${reasonOf(error)}` }])
  }
  throw new ConfigInvalid([{ where: file, message: 'webhook.tokenFile: the file is empty' }])
}

async function open(server: FastifyInstance, { host, port }: Listen, setting: string): Promise<void> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    throw new ConfigInvalid([{ where: setting, message: `cannot listen there: ${reasonOf(error)}` }])
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function portOf(server: FastifyInstance): number | undefined {
  const address = server.server.address()
  return typeof address === 'object' ? address?.port : undefined
}
