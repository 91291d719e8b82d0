import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from './cleanup.ts'
import type { EdgeProcess } from './edge-process.ts'
import type { ApiServer } from './kubernetes/api-server.ts'
import { type StartedProcess, startProcess } from './start-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface ControllerOptions {
  readonly api: Pick<ApiServer, 'kubeconfig'>
  readonly edge: Pick<EdgeProcess, 'url' | 'token'>
  /** The token to call the edge with; a new one unless told. */
  readonly token?: string
  /** A file that has the token already, for one that is changed later. */
  readonly tokenFile?: string
  /** Settings beside those that every controller here gets, as environment variables without their first part. */
  readonly settings?: Readonly<Record<string, string>>
  /** What stands before the command, to run it in another network. */
  readonly prefix?: readonly string[]
  /** More of its environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** What the Services' status says of the edge in tests. */
export const EDGE_ADDRESS = '203.0.113.5'

const HOMEPORT = join(import.meta.dirname, '../../bin/homeport')

/** A real controller: `homeport controller` as a process of its own, ended afterwards. */
export async function startController(defer: Defer, options: ControllerOptions): Promise<StartedProcess> {
  const { api, edge, settings, env, prefix = [] } = options
  const tokenFile = options.tokenFile ?? (await tokenFileFor(defer, options.token ?? (await edge.token())))
  const values: Record<string, string> = {
    EDGES: edge.url,
    ADDRESSES: EDGE_ADDRESS,
    TOKEN_FILE: tokenFile,
    CLUSTER: 'home',
    KUBERNETES_CONFIG: api.kubeconfig,
    INTERVAL: '1s',
    LEASE_TTL: '10s',
    ELECTION_DURATION: '3s',
    ...settings,
  }
  const variables = Object.entries(values).map(([name, value]) => [`HOMEPORT_CONTROLLER_${name}`, value])
  const [command = HOMEPORT, ...args] = [...prefix, HOMEPORT, 'controller']
  return await startProcess(defer, command, args, {
    env: { ...process.env, ...env, ...Object.fromEntries(variables) },
  })
}

/** A file of one's own with this text. */
export async function tokenFileFor(defer: Defer, text: string): Promise<string> {
  const file = join(await temporaryFolder(defer), 'token')
  await writeFile(file, text, { mode: 0o600 })
  return file
}

/** Waits until it leads; gives the fence of its term. */
export async function leads(controller: StartedProcess): Promise<number> {
  const [, fence] = await controller.printed(/"fence":(\d+)[^\n]*"leads"/, LEADS_WITHIN)
  return Number(fence)
}

/** Milliseconds, on a machine that has other things to do. */
const LEADS_WITHIN = 30_000
