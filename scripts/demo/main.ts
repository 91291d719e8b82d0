import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { perform } from './perform.ts'
import { tellStory } from './story.ts'
import { thingsToTry } from './things-to-try.ts'

/** `make demo`: the main job on real parts. */
const code = await perform(async (defer, transcript) =>
  thingsToTry(await tellStory(defer, transcript, await temporaryFolder(defer))),
)
// What an interrupt overtook may still be waiting for something.
process.exit(code)
