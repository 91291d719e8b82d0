import type { Defer } from './cleanup.ts'
import { connectAndRead } from './connect-and-read.ts'
import { type EchoServer, echoServer } from './echo-server.ts'
import { type EdgeOptions, EdgeProcess } from './edge-process.ts'
import { freePort } from './free-port.ts'
import { claimFor } from './phone.ts'

/** An edge on which somebody is served already, who has to go on being served whatever the others do. */
export interface Neighbourhood {
  readonly edge: EdgeProcess
  /** The node `127.0.0.2` with a service that greets as `node`: the neighbour's, and anybody's who claims a port for it. */
  readonly node: EchoServer
  /** The neighbour's port on the edge. */
  readonly port: number
  /** @throws Error when the neighbour is not served. */
  stillServes(): Promise<void>
}

export async function startNeighbourhood(defer: Defer, options: EdgeOptions = {}): Promise<Neighbourhood> {
  const edge = await EdgeProcess.start(defer, options)
  const node = await echoServer(defer, { host: '127.0.0.2', name: 'node' })
  const port = await freePort()
  const stillServes = async () => {
    const greeting = await connectAndRead({ port })
    if (!greeting.startsWith('node '))
      throw new Error(`the neighbour is served by somebody else: ${greeting}`)
  }
  await edge.call('neighbour', {
    ttl: 3600,
    claims: [claimFor(port, node.port, { owner: 'home/neighbour' })],
  })
  await stillServes()
  return { edge, node, port, stillServes }
}
