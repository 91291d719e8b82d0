import { EXIT } from '../wire/exit-code.ts'
import { CONTROLLER } from './controller.ts'
import { runDaemon } from './daemon.ts'
import { processContext } from './process-context.ts'
import { tellFailure } from './tell-failure.ts'

// `homeport controller` alone: what its image runs has nothing of the edge and of the other commands. No await: the bundle
// is CommonJS (see scripts/build.ts).
const context = processContext()
void runDaemon(CONTROLLER, process.argv.slice(2), context)
  .then(() => EXIT.ok)
  .catch((error: unknown) => tellFailure(error, false, context.terminal))
  .then((code) => {
    process.exitCode = code
  })
