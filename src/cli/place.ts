import { join } from 'node:path'
import type { LineOptions } from '../phone-line/line.ts'
import { parseBearer } from '../wire/bearer.ts'
import { usageFailure } from './failure.ts'

/** Which edge a command is about, as the arguments say. */
export interface PlaceOptions {
  readonly socket?: string
  readonly edge?: string
  readonly tokenFile?: string
}

/** The way to an edge, and what to say on it. */
export interface Place {
  readonly line: LineOptions
  /** For people: a path or a host. */
  readonly name: string
  readonly isLocal: boolean
  readonly headers: Readonly<Record<string, string>>
}

const DEFAULT_FOLDER = '/run/homeport'

/** The socket of the edge on this machine: the one that an edge with this environment would listen on. */
export function localSocket(env: NodeJS.ProcessEnv): string {
  return env['HOMEPORT_SOCKET'] || join(env['HOMEPORT_EDGE_RUNTIME_DIR'] || DEFAULT_FOLDER, 'admin.sock')
}

/**
 * Where to find the edge: at the URL that is named, with a token; else at the socket on this machine.
 * @throws Failure (usage) where the token is missing or damaged.
 */
export function findPlace(
  options: PlaceOptions,
  env: NodeJS.ProcessEnv,
  readFile: (path: string) => string,
): Place {
  if (options.edge !== undefined) return remotePlace(options.edge, options.tokenFile, env, readFile)
  const socketPath = options.socket ?? localSocket(env)
  const trust = { kind: 'authority' } as const
  return {
    line: { url: new URL('http://localhost'), trust, socketPath },
    name: socketPath,
    isLocal: true,
    headers: {},
  }
}

function remotePlace(
  edge: string,
  tokenFile: string | undefined,
  env: NodeJS.ProcessEnv,
  readFile: (path: string) => string,
): Place {
  const url = URL.canParse(edge) ? new URL(edge) : undefined
  if (url?.protocol !== 'https:' || url.username !== '') {
    throw usageFailure('--edge takes a URL like https://edge.example.com:9443')
  }
  const path = tokenFile ?? env['HOMEPORT_TOKEN_FILE']
  const token = path ? readText('the token file', path, readFile) : env['HOMEPORT_TOKEN']?.trim()
  if (!token)
    throw usageFailure('--edge needs a token: set HOMEPORT_TOKEN, or name its file with --token-file')
  const bearer = parseBearer(token)
  if (!bearer) throw usageFailure('the token is damaged: it is no hp1.<fingerprint>.<id>.<secret>')
  const authorities = env['HOMEPORT_CA_FILE']
  const trust = authorities
    ? ({ kind: 'authority', pem: readText('HOMEPORT_CA_FILE', authorities, readFile) } as const)
    : ({ kind: 'fingerprint', fingerprint: bearer.fingerprint } as const)
  return {
    line: { url, trust },
    name: url.host,
    isLocal: false,
    headers: { authorization: `Bearer ${token}` },
  }
}

function readText(what: string, path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path).trim()
  } catch (error) {
    throw usageFailure(`${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
