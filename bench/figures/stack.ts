import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { bigStack } from '../big-stack.ts'
import type { Figure, Measurement } from '../figure.ts'
import { HOMEPORT } from '../programs.ts'
import { median, megabytes, time } from '../samples.ts'

const ROUNDS = 9
const SIZE_ROUNDS = 3

/** Whole processes, begun as people begin them: `bin/homeport` with the bundle, from the shell on. */
export const stack: Measurement = {
  name: 'stack',
  async run(defer) {
    const folder = await temporaryFolder(defer)
    const file = (services: number) => {
      const path = join(folder, `${services}.yml`)
      writeFileSync(path, bigStack(services))
      return path
    }
    return [start(file(3)), ...(await size(file(1_000), file(2_000)))]
  },
}

/** In turns, so that what else the machine does is the same for both. */
function start(file: string): Figure {
  const what = 'homeport stack render of three services, the whole process'
  const goal = '<= 3 x docker, < 300 ms'
  const ours: number[] = []
  const theirs: number[] = []
  const bare: number[] = []
  const hasDocker = spawnSync('docker', ['stack', 'config', '--help']).status === 0
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(lasts(HOMEPORT, ['stack', 'render', '-c', file, 'shop']))
    bare.push(lasts(process.execPath, ['-e', '0']))
    if (hasDocker) theirs.push(lasts('docker', ['stack', 'config', '-c', file]))
  }
  const mine = median(ours)
  const ratio = mine / median(theirs)
  return {
    what,
    measured: hasDocker ? `${time(mine)}, ratio ${ratio.toFixed(1)}` : time(mine),
    beside: `docker stack config: ${hasDocker ? time(median(theirs)) : 'not on this machine'}; node alone: ${time(median(bare))}`,
    goal,
    met: mine < 300 && (!hasDocker || ratio <= 3),
  }
}

async function size(thousand: string, twoThousand: string): Promise<Figure[]> {
  const rounds = []
  for (let round = 0; round < SIZE_ROUNDS; round += 1)
    rounds.push({ one: await measured(thousand), two: await measured(twoThousand) })
  const one = median(rounds.map((round) => round.one.ms))
  const two = median(rounds.map((round) => round.two.ms))
  const memory = Math.max(...rounds.map((round) => round.one.bytes))
  const more = Math.max(...rounds.map((round) => round.two.bytes))
  return [
    {
      what: 'a stack of 1,000 services rendered, the whole process',
      measured: time(one),
      beside: `2,000: ${time(two)}`,
      goal: '< 1 s',
      met: one < 1_000,
    },
    {
      what: 'its peak memory',
      measured: megabytes(memory),
      beside: `2,000: ${megabytes(more)}`,
      goal: '< 250 MB',
      met: memory < 250e6,
    },
    {
      what: '2,000 services in the time of 1,000',
      measured: `${(two / one).toFixed(2)} x`,
      beside: 'linear: 2',
      goal: '<= 2.2 x',
      met: two / one <= 2.2,
    },
  ]
}

function lasts(program: string, args: readonly string[]): number {
  const begin = performance.now()
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  return performance.now() - begin
}

/** The peak is what the kernel counts until then, looked at until the process ends. */
async function measured(file: string): Promise<{ ms: number; bytes: number }> {
  const begin = performance.now()
  const child = spawn(HOMEPORT, ['stack', 'render', '-c', file, 'shop'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  let bytes = 0
  const looks = setInterval(() => {
    bytes = Math.max(bytes, peakOf(child.pid))
  }, 10)
  const [status] = await once(child, 'exit')
  clearInterval(looks)
  if (status !== 0) throw new Error(`homeport stack render ended with ${status}`)
  return { ms: performance.now() - begin, bytes }
}

function peakOf(pid: number | undefined): number {
  try {
    const [, kilobytes = '0'] = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) * 1024
  } catch {
    // It has just ended.
    return 0
  }
}
