import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A text that changes whenever a file of the operator's folder does. */
export async function includeStamp(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => [])
  const stamps = names.sort().map(async (name) => {
    const file = await stat(join(folder, name), { bigint: true }).catch(() => undefined)
    return `${name} ${file?.ino} ${file?.size} ${file?.mtimeNs}`
  })
  return (await Promise.all(stamps)).join('\n')
}
