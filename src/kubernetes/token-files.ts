import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { parse } from 'yaml'
import { fieldsOf, listOf, textOf } from './fields.ts'

/**
 * Has the users of a kubeconfig whose token is in a file (`tokenFile`) read it when it is needed: the client library knows
 * the field only by a name that kubectl does not.
 * @param path of the kubeconfig, to which the file's path may be relative.
 */
export function useTokenFiles(config: KubeConfig, path: string): void {
  const files = new Map<string, string>()
  for (const { name, user } of listOf(fieldsOf(parse(readFileSync(path, 'utf8')))['users']).map(fieldsOf)) {
    const file = textOf(fieldsOf(user)['tokenFile'])
    if (file !== '') files.set(textOf(name), resolve(dirname(path), file))
  }
  config.users = config.users.map((user) => {
    const tokenFile = files.get(user.name)
    if (tokenFile === undefined) return user
    // As for the service account of a pod.
    return { ...user, authProvider: { name: 'tokenFile', config: { tokenFile } } }
  })
}
