import { execFile } from 'node:child_process'
import { KUBE } from './kube.ts'

/** How `kube` ends where the machine lacks what it takes. The last line of its standard error is the reason. */
const LACKING = 3

/**
 * Builds the programs of an API or a cluster, where they are not there yet: minutes, once, of which it tells on stderr.
 * `more` names optional programs of assets.sh, for a cluster. Gives what this machine lacks for that, in a line, or nothing.
 */
export async function lackingForKubernetes(
  kind: 'api' | 'cluster',
  more: readonly string[] = [],
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const building = execFile(KUBE, ['programs', kind, ...more], (error, _, stderr) => {
    if (error === null) resolve('')
    else if (error.code === LACKING) resolve(stderr.trim().split('\n').at(-1) ?? '')
    else reject(error)
  })
  building.stderr?.on('data', (text: string) => {
    if (text.startsWith('assets: ')) process.stderr.write(text)
  })
  return await promise
}
