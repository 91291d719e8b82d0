import { CONTROLLER } from './controller.ts'
import { startDaemon } from './start-daemon.ts'

// `homeport controller` alone: what its image runs has nothing of the edge and of the other commands.
startDaemon(CONTROLLER)
