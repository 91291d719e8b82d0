import { endWithOutput } from './end-with-output.ts'
import { main } from './main.ts'
import { processContext } from './process-context.ts'

endWithOutput()
void main(process.argv.slice(2), processContext()).then((code) => {
  process.exitCode = code
})
