import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from '../../src/testing/cleanup.ts'
import { httpCall } from '../../src/testing/http-call.ts'
import type { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { endProcessesOf } from '../../src/testing/processes-of.ts'
import { type StartedProcess, startProcess } from '../../src/testing/start-process.ts'
import type { TokenCreated } from '../../src/wire/token.ts'

const HOMEPORT = join(import.meta.dirname, '../../bin/homeport')
const API_PORT = 9443

/** Milliseconds that a daemon may take until it serves, on a machine that has other things to do. */
const START_WITHIN = 60_000

/** What serves the cluster's Services: an edge in the space `edge` with a real HAProxy, and the controller that calls it. */
export interface FrontDoor {
  readonly edge: StartedProcess
  readonly controller: StartedProcess
}

/** Both are gone afterwards, and HAProxy too. @param folder where they keep their state: a temporary one. */
export async function openFrontDoor(defer: Defer, cluster: Cluster, folder: string): Promise<FrontDoor> {
  // HAProxy outlives the daemon on purpose, so it is looked for by the folder.
  defer(() => endProcessesOf(folder))
  const edge = await startEdge(defer, cluster, folder)
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, await createToken(folder), { mode: 0o600 })
  return { edge, controller: await startController(defer, cluster, tokenFile) }
}

async function startEdge(defer: Defer, cluster: Cluster, folder: string): Promise<StartedProcess> {
  const edge = await cluster.startIn(
    defer,
    'edge',
    [
      HOMEPORT,
      'edge',
      ...['--state-dir', join(folder, 'state')],
      ...['--runtime-dir', join(folder, 'run')],
      ...['--api-listen', `${cluster.edgeAddress}:${API_PORT}`],
      ...['--haproxy-include', join(folder, 'haproxy.d')],
      ...['--haproxy-max-connections', '2000'],
    ],
    { env: cleanEnvironment() },
  )
  await edge.printed(/the edge is ready/, START_WITHIN)
  return edge
}

async function createToken(folder: string): Promise<string> {
  const answer = await httpCall({
    socketPath: join(folder, 'run/admin.sock'),
    method: 'POST',
    path: '/v1/tokens',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'conformance', scope: { role: 'phone' } }),
  })
  const { token }: TokenCreated = JSON.parse(answer.text)
  return token
}

/** With settings that a user could have: Kubernetes' tests name no class, so every Service without one is served. */
async function startController(defer: Defer, cluster: Cluster, tokenFile: string): Promise<StartedProcess> {
  return await startProcess(
    defer,
    HOMEPORT,
    [
      'controller',
      ...['--edges', `https://${cluster.edgeAddress}:${API_PORT}`],
      ...['--token-file', tokenFile],
      ...['--cluster', 'conformance'],
      ...['--kubernetes-config', cluster.kubeconfig],
      ...['--default-class', 'true'],
    ],
    { env: cleanEnvironment() },
  )
}

/** This process's environment without settings for an edge or a controller that are not ours. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HOMEPORT_')))
}
