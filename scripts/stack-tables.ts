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
  const rows = (where: string, keys: Readonly<Record<string, KeyFate>>) =>
    Object.entries(keys).map(
      ([key, { fate, say, remedy }]) =>
        `| \`${where}${key}\` | ${fate} | ${say}${remedy ? `. ${remedy}` : ''} |`,
    )
  return [
    '| key | fate | what becomes of it |',
    '| --- | --- | --- |',
    ...rows('services.*.', SERVICE_KEYS),
    ...rows('networks.*.', NETWORK_KEYS),
    ...rows('volumes.*.', VOLUME_KEYS),
    ...rows('secrets.*, configs.*: ', FILE_KEYS),
  ].join('\n')
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
