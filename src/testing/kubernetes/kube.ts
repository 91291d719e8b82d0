import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Defer } from '../cleanup.ts'
import { type StartedProcess, startProcess } from '../start-process.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)

/** The tool that starts and stops real Kubernetes; test/cluster/README.md says what it can do. */
export const KUBE = join(import.meta.dirname, '../../../test/cluster/kube')

/** Milliseconds until an API or a cluster is up, on a machine that has other things to do. */
const UP_WITHIN = 180_000

/**
 * Runs `kube` on what is up in `folder`, and gives what it prints.
 * @throws Error with what it said when it fails.
 */
export async function kube(folder: string, args: readonly string[], input = ''): Promise<string> {
  const running = run(KUBE, ['--dir', folder, ...args], { maxBuffer: 64 << 20 })
  // What does not read its input may be gone before it is written.
  running.child.stdin?.on('error', () => {}).end(input)
  return (await running).stdout
}

/**
 * Brings up an API or a cluster in a folder of its own, and gives the folder. Afterwards it is taken down; should this
 * process die before, `kube` notices and does it alone.
 */
export async function holdKube(
  defer: Defer,
  kind: 'api' | 'cluster',
  options: readonly string[],
): Promise<string> {
  const folder = await temporaryFolder(defer)
  const held = await startProcess(defer, KUBE, ['hold', kind, folder, ...options], { keepInput: true })
  defer(() => letGo(held))
  await held.printed(/^\S+\/kubeconfig$/m, UP_WITHIN)
  return folder
}

async function letGo(held: StartedProcess): Promise<void> {
  held.endInput()
  await held.exited
}
