import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from './cleanup.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

/** HAProxy behind a gate, at which each `haproxy -c` waits while it is closed. */
export async function gatedBinary(defer: Defer, binary: string) {
  const folder = await temporaryFolder(defer)
  const [script, gate, mark] = [join(folder, 'haproxy'), join(folder, 'gate'), join(folder, 'mark')]
  await writeFile(
    script,
    `#!/bin/sh\nif [ "$1" = -c ]; then touch ${mark}; while [ -e ${gate} ]; do sleep 0.01; done; fi\nexec ${binary} "$@"\n`,
  )
  await chmod(script, 0o755)
  return {
    binary: script,
    close: async () => {
      await rm(mark, { force: true })
      await writeFile(gate, '')
    },
    reached: () => until(() => readFile(mark).then(() => true)),
    open: async () => {
      await rm(gate)
    },
  }
}
