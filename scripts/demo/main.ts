import { once } from 'node:events'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { tellStory } from './story.ts'
import { thingsToTry } from './things-to-try.ts'
import { Transcript } from './transcript.ts'

/** `make demo`: the main job on real parts. With `--keep` all of it goes on running until Ctrl-C. */
const keep = process.argv.includes('--keep')
const stack = new CleanupStack()
const transcript = new Transcript()

/** Ctrl-C, or nobody reads what is printed any more (`make demo | head`). */
const interrupted = Promise.race([
  ...['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)),
  new Promise((resolve) => process.stdout.on('error', resolve)),
]).then(() => undefined)

/** @returns the exit code. */
async function demo(): Promise<number> {
  try {
    const folder = await temporaryFolder(stack.defer)
    const scene = await Promise.race([tellStory(stack.defer, transcript, folder), interrupted])
    if (!scene) {
      transcript.say('', 'Interrupted.')
      return 130
    }
    transcript.end()
    if (keep) {
      transcript.say(...thingsToTry(scene))
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

// What an interrupt overtook may still be waiting for something.
process.exit(await demo())
