import { main } from './main.ts'
import { processContext } from './process-context.ts'

// A reader that has seen enough (homeport routes | head) is no fault.
process.stdout.on('error', () => process.exit())
void main(process.argv.slice(2), processContext()).then((code) => {
  process.exitCode = code
})
