import { EXIT } from '../wire/exit-code.ts'

/**
 * Ends the process where its output goes nowhere. A reader that has seen enough (`homeport routes | head`) is no fault; a full
 * disk is one: half of a stack's objects in a file must not pass for all of them.
 */
export function endWithOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    process.stderr.write(`homeport: the output cannot be written: ${error.message}\n`)
    process.exit(EXIT.fault)
  })
}
