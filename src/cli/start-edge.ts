import { EDGE } from './edge.ts'
import { startDaemon } from './start-daemon.ts'

// `homeport edge` alone: the text of what it never runs would take megabytes for years.
startDaemon(EDGE)
