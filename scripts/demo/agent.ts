import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from '../../src/testing/cleanup.ts'
import { type StartedProcess, startProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'
import { cleanEnvironment, HOMEPORT } from './homeport.ts'

export interface AgentOptions {
  readonly folder: string
  readonly edge: string
  readonly token: string
  readonly cluster: string
  /** What stands before a command that runs on the node. */
  readonly prefix: readonly string[]
  /** The address to call from. Left out: the system's choice, as in a cluster. */
  readonly sourceAddress?: string
  readonly port: number
  readonly nodePort: number
}

/** The sidecar: starts `homeport agent` and waits until the edge has answered its claim as live. */
export async function startAgent(defer: Defer, options: AgentOptions): Promise<StartedProcess> {
  const { folder, edge, token, cluster, prefix, sourceAddress, port, nodePort } = options
  const readyFile = join(folder, `live-from-${sourceAddress ?? 'the-node'}`)
  const [command = '', ...args] = [...prefix, HOMEPORT, 'agent']
  const agent = await startProcess(defer, command, args, {
    env: {
      ...cleanEnvironment(),
      HOMEPORT_EDGES: edge,
      HOMEPORT_TOKEN: token,
      HOMEPORT_CLUSTER: cluster,
      HOMEPORT_OWNER: 'mqtt/mosquitto',
      HOMEPORT_PHONE: 'mosquitto-0',
      HOMEPORT_CLAIMS: `${port}:${nodePort}`,
      ...(sourceAddress !== undefined && { HOMEPORT_SOURCE_ADDRESS: sourceAddress }),
      HOMEPORT_READY_FILE: readyFile,
    },
  })
  const live = () => access(readyFile).then(() => true)
  await until(async () => agent.ended ?? (await live()), { interval: 5, what: 'a live claim' })
  if (agent.ended) throw new Error(`the agent ended:\n${agent.stdout}${agent.stderr}`)
  return agent
}
