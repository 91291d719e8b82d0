/** The edge as a process of its own: `node edge-daemon.mjs haproxy|memory --flag=value...`. */
import { type DriverMaker, startEdge } from '../src/edge/main.ts'
import { MemoryDriver } from '../src/testing/memory-driver.ts'

const [, , kind, ...args] = process.argv
const flags = Object.fromEntries(
  args.map((argument) => {
    const [name = '', ...value] = argument.replace(/^--/, '').split('=')
    return [name, value.join('=')]
  }),
)
const inMemory: DriverMaker = (_settings, _now, onEvent) => new MemoryDriver(onEvent)
const edge = await startEdge(flags, {}, kind === 'memory' ? inMemory : undefined)
process.once('SIGTERM', () => void edge.stop().then(() => process.exit(0)))
