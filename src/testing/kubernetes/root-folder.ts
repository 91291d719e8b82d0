import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Defer } from '../cleanup.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)

/** What `ldd` prints for a library: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)`; the loader stands alone. */
const LIBRARY = /^\s(?:\S+ => )?(\/\S+) \(0x/gm

export interface RootContents {
  /** Programs of this machine: the path in the image, and the one here. The libraries that they load come along. */
  readonly programs: Readonly<Record<string, string>>
  /** Other files, likewise. */
  readonly files?: Readonly<Record<string, string>>
}

/** A root folder for `Cluster.image`: enough of a file system to run some of this machine's programs in. */
export async function rootFolder(defer: Defer, { programs, files = {} }: RootContents): Promise<string> {
  const root = await temporaryFolder(defer)
  await chmod(root, 0o755)
  const put = async (path: string, from: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await copyFile(from, join(root, path))
  }
  for (const [path, from] of Object.entries({ ...programs, ...files })) await put(path, from)
  for (const program of Object.values(programs)) {
    for (const library of await librariesOf(program)) await put(library, library)
  }
  await mkdir(join(root, 'tmp'), { mode: 0o1777 })
  await chmod(join(root, 'tmp'), 0o1777)
  return root
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await run('ldd', [program])
  return [...stdout.matchAll(LIBRARY)].map(([, path = '']) => path)
}
