/** The edge with its data plane in memory, as a process of its own: `node edge-daemon.cjs --flag=value...`. */
import { type DriverMaker, startEdge } from '../src/edge/main.ts'
import { MemoryDriver } from '../src/testing/memory-driver.ts'

const [, , ...args] = process.argv
const flags = Object.fromEntries(
  args.map((argument) => {
    const [name = '', ...value] = argument.replace(/^--/, '').split('=')
    return [name, value.join('=')]
  }),
)
const inMemory: DriverMaker = (_settings, _now, onEvent) => new MemoryDriver(onEvent)
void startEdge(flags, {}, inMemory).then((edge) => {
  process.once('SIGTERM', () => void edge.stop().then(() => process.exit(0)))
})
