import { once } from 'node:events'
import { CleanupStack, type Defer } from '../../src/testing/cleanup.ts'
import { Transcript } from './transcript.ts'

/** Tells a story. @returns what there is to try while it goes on running. @throws at the first step that fails. */
export type Story = (defer: Defer, transcript: Transcript) => Promise<readonly string[]>

/** Ctrl-C, or nobody reads what is printed any more (`make demo | head`). */
function interruption(): Promise<undefined> {
  return Promise.race([
    ...['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)),
    new Promise((resolve) => process.stdout.on('error', resolve)),
  ]).then(() => undefined)
}

/**
 * Tells a story to its end, or until it is interrupted, and undoes all that it did. With `--keep` all of it goes on running
 * until Ctrl-C.
 * @returns the exit code.
 */
export async function perform(tell: Story): Promise<number> {
  const stack = new CleanupStack()
  const transcript = new Transcript()
  const interrupted = interruption()
  try {
    const thingsToTry = await Promise.race([tell(stack.defer, transcript), interrupted])
    if (!thingsToTry) {
      transcript.say('', 'Interrupted.')
      return 130
    }
    transcript.end()
    if (process.argv.includes('--keep')) {
      transcript.say(...thingsToTry)
      await interrupted
    }
    return 0
  } catch (error) {
    transcript.say('', `The demo failed: ${error instanceof Error ? error.message : error}`)
    return 1
  } finally {
    transcript.mute()
    await stack.release()
    console.log('Everything that it started is stopped, and its folder is gone.')
  }
}
