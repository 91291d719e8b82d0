import { main, processContext } from './main.ts'

// A reader that has seen enough (homeport routes | head) is no fault.
process.stdout.on('error', () => process.exit())
process.exitCode = await main(process.argv.slice(2), processContext())
