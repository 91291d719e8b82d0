import type { Located, LocatedMap } from '../located.ts'
import { isNull } from '../located.ts'
import { pathFrom } from './compose-files.ts'
import { textAt, textNode, withValue } from './nodes.ts'

type Resolve = (path: string) => string

/** Makes the paths of a canonical tree absolute: what a file names begins at the folder of the file. */
export function resolvePaths(tree: LocatedMap, folder: string, home: string | undefined): LocatedMap {
  const resolve: Resolve = (path) => pathFrom(folder, path, home)
  const files = (node: Located) => eachOf(node, (one) => within(one, 'file', resolve))
  const services = withValue(tree, 'services', (node) => eachOf(node, (one) => ofService(one, resolve)))
  const configs = withValue(withValue(services, 'configs', files), 'secrets', files)
  return withValue(configs, 'volumes', (node) => eachOf(node, (one) => ofVolume(one, resolve)))
}

function ofService(service: Located, resolve: Resolve): Located {
  if (service.kind !== 'map') return service
  const built = withValue(service, 'build', (node) => within(node, 'context', resolveContext(resolve)))
  const envFiles = withValue(built, 'env_file', (node) => eachOf(node, (one) => within(one, 'path', resolve)))
  const labelFiles = withValue(envFiles, 'label_file', (node) => eachOf(node, (one) => text(one, resolve)))
  const watched = withValue(labelFiles, 'develop', (node) =>
    node.kind === 'map'
      ? withValue(node, 'watch', (list) => eachOf(list, (one) => within(one, 'path', resolve)))
      : node,
  )
  return withValue(watched, 'volumes', (node) =>
    eachOf(node, (one) => (textAt(one, 'type') === 'bind' ? within(one, 'source', resolve) : one)),
  )
}

/** A context may be a repository, or an image. */
function resolveContext(resolve: Resolve): Resolve {
  return (path) => (/^(https?:\/\/|git:\/\/|git@|github\.com\/|ssh:\/\/)/.test(path) ? path : resolve(path))
}

function ofVolume(volume: Located, resolve: Resolve): Located {
  if (volume.kind !== 'map' || textAt(volume, 'driver') !== 'local') return volume
  if (textAt(volume, 'driver_opts', 'o') !== 'bind') return volume
  return withValue(volume, 'driver_opts', (node) => within(node, 'device', resolve))
}

function eachOf(node: Located, change: (one: Located) => Located): Located {
  if (node.kind === 'list') return { ...node, items: node.items.map(change) }
  if (node.kind !== 'map') return node
  const entries = [...node.entries].map(
    ([key, entry]) => [key, { ...entry, value: change(entry.value) }] as const,
  )
  return { ...node, entries: new Map(entries) }
}

function within(node: Located, key: string, resolve: Resolve): Located {
  return node.kind === 'map' ? withValue(node, key, (value) => text(value, resolve)) : node
}

function text(node: Located, resolve: Resolve): Located {
  const path = textAt(node)
  return path === undefined || path === '' || isNull(node) ? node : textNode(resolve(path), node.place)
}
