import { EXIT } from '../wire/exit-code.ts'
import { type Daemon, runDaemon } from './daemon.ts'
import { processContext } from './process-context.ts'
import { tellFailure } from './tell-failure.ts'

/** Runs one daemon alone, without the other commands. No await: the bundles are CommonJS (see scripts/build.ts). */
export function startDaemon(daemon: Daemon): void {
  const context = processContext()
  void runDaemon(daemon, process.argv.slice(2), context)
    .then(() => EXIT.ok)
    .catch((error: unknown) => tellFailure(error, false, context.terminal))
    .then((code) => {
      process.exitCode = code
    })
}
