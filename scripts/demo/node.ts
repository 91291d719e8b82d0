import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from '../../src/testing/cleanup.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { publish } from './mqtt.ts'

/** A node of the cluster: a loopback address with a Mosquitto at its NodePort. */
export interface ClusterNode {
  readonly address: string
  readonly nodePort: number
  /** As when the provider takes the machine away: nothing on it gets to say good-bye. */
  crash(): Promise<void>
}

/** The topic on which a node's broker says (retained) which node it is. */
export const NODE_TOPIC = 'demo/node'

export interface NodeOptions {
  readonly folder: string
  readonly address: string
  readonly nodePort: number
}

export async function startNode(defer: Defer, options: NodeOptions): Promise<ClusterNode> {
  const { folder, address, nodePort } = options
  const config = join(folder, `mosquitto-${address}.conf`)
  const settings = ['allow_anonymous true', 'persistence false', 'set_tcp_nodelay true']
  await writeFile(config, [`listener ${nodePort} ${address}`, ...settings, ''].join('\n'))
  const broker = await startProcess(defer, 'mosquitto', ['-c', config])
  await broker.printed(/mosquitto version \S+ running/)
  await publish({ host: address, port: nodePort }, NODE_TOPIC, address)
  return {
    address,
    nodePort,
    crash: async () => {
      broker.kill('SIGKILL')
      await broker.exited
    },
  }
}
