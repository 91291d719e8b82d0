import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Load {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly connections: number
  readonly seconds: number
}

/** Requests per second that a server answers with 2xx over kept-alive connections, by wrk, pinned to one core. */
export async function requestsPerSecond(load: Load, folder: string, core: number): Promise<number> {
  const script = join(folder, 'load.lua')
  const headers = Object.entries(load.headers).map(
    ([name, value]) => `wrk.headers["${name}"] = ${JSON.stringify(value)}`,
  )
  writeFileSync(
    script,
    [`wrk.method = "${load.method}"`, ...headers, `wrk.body = ${JSON.stringify(load.body ?? '')}`].join('\n'),
  )
  const args = [
    '-c',
    String(core),
    'wrk',
    '-t1',
    `-c${load.connections}`,
    `-d${load.seconds}s`,
    '-s',
    script,
    load.url,
  ]
  const { stdout } = await run('taskset', args)
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
}
