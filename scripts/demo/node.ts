import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from '../../src/testing/cleanup.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { publish } from './mqtt.ts'

/** A node of the cluster, with a Mosquitto at its NodePort. */
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
  /** What its broker says that it is. */
  readonly name: string
  readonly address: string
  readonly nodePort: number
  /** What stands before a command that runs on the node. */
  readonly prefix: readonly string[]
}

export async function startNode(defer: Defer, options: NodeOptions): Promise<ClusterNode> {
  const { folder, name, address, nodePort, prefix } = options
  const config = join(folder, `mosquitto-${address}.conf`)
  const settings = ['allow_anonymous true', 'persistence false', 'set_tcp_nodelay true']
  // A node that is a network of its own keeps its broker when its address changes; a loopback address has one each.
  const listener = prefix.length > 0 ? `listener ${nodePort} 0.0.0.0` : `listener ${nodePort} ${address}`
  await writeFile(config, [listener, ...settings, ''].join('\n'))
  const [command = '', ...args] = [...prefix, 'mosquitto', '-c', config]
  const broker = await startProcess(defer, command, args)
  await broker.printed(/mosquitto version \S+ running/)
  await publish({ host: address, port: nodePort }, NODE_TOPIC, name)
  return {
    address,
    nodePort,
    crash: async () => {
      broker.kill('SIGKILL')
      await broker.exited
    },
  }
}
