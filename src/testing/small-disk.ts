import { execFileSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Defer } from './cleanup.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A disk of its own, which can be filled. */
export interface SmallDisk {
  readonly folder: string
  /** Leaves no byte free. */
  fill(): void
  /** There is room again. */
  clear(): void
}

/** Mounting takes root, and a container may forbid it all the same. */
export function mayMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'homeport-test', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** @param size as mount(8) has it: `4m` */
export async function smallDisk(defer: Defer, size: string): Promise<SmallDisk> {
  const folder = await temporaryFolder(defer)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'homeport-test', folder])
  defer(() => void execFileSync('umount', [folder]))
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize), { flag: 'a' })
    },
    clear: () => rmSync(ballast),
  }
}
