import { type Disk, processDisk } from '../cli/disk.ts'
import { main } from '../cli/main.ts'
import type { Defer } from './cleanup.ts'
import { answers, NOW } from './edge-answers.ts'
import { type Behaviour, fakeEdge } from './fake-edge.ts'

/** Runs a command of the program in this process: its exit code, and what it printed. */
export async function homeport(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  socketWait = 0,
  disk: Disk = processDisk,
) {
  const printed = { out: '', err: '' }
  const code = await main(args, {
    env,
    terminal: {
      out: (text) => {
        printed.out += text
      },
      err: (text) => {
        printed.err += text
      },
      columns: undefined,
      isWatched: false,
      paint: (_, text) => text,
    },
    now: () => NOW,
    readFile: () => 'hp1.damaged',
    disk,
    socketWait,
    stop: new AbortController().signal,
  })
  return { code, ...printed }
}

/** An edge of its own, and a way to run commands that ask it. */
export async function remoteEdge(defer: Defer, behaviour: Behaviour = answers) {
  const edge = await fakeEdge(defer, { behaviour })
  const env = { HOMEPORT_TOKEN: edge.token }
  return { edge, ask: (...args: string[]) => homeport([...args, '--edge', edge.url], env) }
}
