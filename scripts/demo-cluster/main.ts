import { perform } from '../demo/perform.ts'
import { tellClusterStory } from './story.ts'

/** `make demo-cluster`: pods that phone home, in a real Kubernetes on this machine. */
const code = await perform(tellClusterStory)
// What an interrupt overtook may still be waiting for something.
process.exit(code)
