import {
  COMPOSE_FILE_KEYS,
  COMPOSE_NETWORK_KEYS,
  COMPOSE_SERVICE_KEYS,
  COMPOSE_TOP_KEYS,
} from '../src/core/stack/compose/key-fates.ts'
import { HOST_PATH_RULES } from '../src/core/stack/model/host-paths.ts'
import {
  FILE_KEYS,
  type KeyFate,
  NETWORK_KEYS,
  SERVICE_KEYS,
  VOLUME_KEYS,
} from '../src/core/stack/model/key-fates.ts'

/** The table of every key of a stack with what becomes of it. */
export function stackKeysTable(): string {
  return [
    ...HEAD,
    ...rows('services.*.', SERVICE_KEYS),
    ...rows('networks.*.', NETWORK_KEYS),
    ...rows('volumes.*.', VOLUME_KEYS),
    ...rows('secrets.*, configs.*: ', FILE_KEYS),
  ].join('\n')
}

/** The same for keys that are something else, or something at all, only where the file is read with --compose. */
export function composeKeysTable(): string {
  return [
    ...HEAD,
    ...rows('', COMPOSE_TOP_KEYS),
    ...rows('services.*.', COMPOSE_SERVICE_KEYS),
    ...rows('networks.*.', COMPOSE_NETWORK_KEYS),
    ...rows('secrets.*, configs.*: ', COMPOSE_FILE_KEYS),
  ].join('\n')
}

const HEAD = ['| key | fate | what becomes of it |', '| --- | --- | --- |']

function rows(where: string, keys: Readonly<Record<string, KeyFate>>): string[] {
  return Object.entries(keys).map(
    ([key, { fate, say, remedy }]) =>
      `| \`${where}${key}\` | ${fate} | ${say}${remedy ? `. ${remedy}` : ''} |`,
  )
}

/** The paths of the host that a pod does not get. */
export function hostPathsTable(): string {
  return [
    '| path | fate | why | the Kubernetes way |',
    '| --- | --- | --- | --- |',
    ...HOST_PATH_RULES.map(({ path, fate, reason, remedy }) => {
      return `| ${path} | ${fate === 'refuse' ? 'refused' : 'left out'} | ${reason} | ${remedy} |`
    }),
  ].join('\n')
}
