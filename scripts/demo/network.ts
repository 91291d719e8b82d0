import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Defer } from '../../src/testing/cleanup.ts'

const run = promisify(execFile)

/** Where the node is, and how programs are started on it. */
export interface NodeNetwork {
  /** By which the edge is reached from there. */
  readonly edge: string
  readonly oldAddress: string
  readonly newAddress: string
  /** What stands before a command that runs on the node. */
  readonly prefix: readonly string[]
  /** Where the node is a network of its own: takes the old address away and gives it the new one. */
  readonly change?: () => Promise<void>
  /** What undoes it by hand. */
  readonly undo: readonly string[]
}

/** Without root: the node is two loopback addresses, and nothing on it can see its address change. */
const LOOPBACK: NodeNetwork = {
  edge: '127.0.0.1',
  oldAddress: '127.0.0.2',
  newAddress: '127.0.0.3',
  prefix: [],
  undo: [],
}

/**
 * A network namespace for the node, on a wire of its own to this machine; loopback addresses where that cannot be had (it
 * takes root and iproute2). Names and addresses follow from this process's id, so that two demos do not meet.
 */
export async function nodeNetwork(defer: Defer): Promise<NodeNetwork> {
  const { pid } = process
  const name = `homeport-demo-${pid}`
  const [edgeEnd, nodeEnd] = [`homeport${pid}`, 'eth0']
  // Eight addresses each: 10.213.0.0/29, 10.213.0.8/29 ...
  const slot = pid % 8192
  const [edge = '', oldAddress = '', newAddress = ''] = [1, 2, 3].map(
    (host) => `10.213.${slot >> 5}.${(slot & 31) * 8 + host}`,
  )
  try {
    await ip('netns', 'add', name)
    defer(() => ip('netns', 'del', name))
    await ip('link', 'add', edgeEnd, 'type', 'veth', 'peer', 'name', nodeEnd, 'netns', name)
    defer(() => ip('link', 'del', edgeEnd))
    await ip('address', 'add', `${edge}/29`, 'dev', edgeEnd)
    await ip('link', 'set', edgeEnd, 'up')
    await ip('-n', name, 'address', 'add', `${oldAddress}/29`, 'dev', nodeEnd)
    await ip('-n', name, 'link', 'set', nodeEnd, 'up')
  } catch {
    return LOOPBACK
  }
  return {
    edge,
    oldAddress,
    newAddress,
    prefix: ['ip', 'netns', 'exec', name],
    change: async () => {
      await ip('-n', name, 'address', 'del', `${oldAddress}/29`, 'dev', nodeEnd)
      await ip('-n', name, 'address', 'add', `${newAddress}/29`, 'dev', nodeEnd)
    },
    undo: [`ip link del ${edgeEnd}`, `ip netns del ${name}`],
  }
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', args)
}
