import type { Neighbour } from './options.ts'
import { readStack, type StackInput } from './read-stack.ts'
import { volumesOf } from './shared-volumes.ts'

/** What another stack of the cluster has that this one may share with it. */
export function readNeighbour(input: StackInput): Neighbour {
  const { namespace, services, claims } = readStack({
    ...input,
    // Its own folder is another one: its paths are those of the host.
    options: { ...input.options, folder: '/', neighbours: [] },
  })
  const shared = services.flatMap(({ name, aliases, sharedNetworks }) =>
    sharedNetworks.length > 0 ? [name, ...aliases].map((one) => [one, sharedNetworks] as const) : [],
  )
  return {
    namespace,
    services: Object.fromEntries(shared),
    hostPaths: claims.map(({ hostPath }) => hostPath).filter((path) => path !== ''),
    volumes: volumesOf(input.stackName, input.stack),
  }
}
