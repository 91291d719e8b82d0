import { execFile, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Defer } from '../src/testing/cleanup.ts'
import { endProcessesOf } from '../src/testing/processes-of.ts'
import { until } from '../src/testing/until.ts'

const run = promisify(execFile)

/**
 * HAProxy alone, with the configuration that an edge made, moved to other ports: what a script would do, and what a
 * reload costs at the very least.
 */
export class BareHaproxy {
  readonly #file: string
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
    this.#file = join(folder, 'haproxy.cfg')
  }

  /** @param shift added to every frontend port of `configuration` */
  static async start(defer: Defer, parent: string, configuration: string, edgeFolder: string, shift: number) {
    const folder = join(parent, 'bare')
    mkdirSync(folder)
    defer(() => endProcessesOf(folder))
    const bare = new BareHaproxy(folder)
    const moved = readFileSync(configuration, 'utf8')
      .replaceAll(join(edgeFolder, 'run/haproxy'), folder)
      .replace(/^(\s+bind .*:)(\d+)/gm, (_, start: string, port: string) => `${start}${Number(port) + shift}`)
    writeFileSync(bare.#file, moved)
    const args = ['-W', '-S', join(folder, 'master.sock'), '-f', bare.#file]
    spawn('haproxy', args, { detached: true, stdio: 'ignore' }).unref()
    await until(() => bare.#worker(), { what: 'the bare HAProxy' })
    return bare
  }

  /** `haproxy -c`, a reload, and the wait until another worker answers. In ms. */
  async reload(): Promise<number> {
    const before = await this.#worker()
    const begin = performance.now()
    await run('haproxy', ['-c', '-f', this.#file])
    await ask(join(this.#folder, 'master.sock'), 'reload\n')
    for (;;) {
      const now = await this.#worker().catch(() => undefined)
      if (now !== undefined && now !== before) return performance.now() - begin
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  async #worker(): Promise<string | undefined> {
    const info = await ask(this.#statsSocket(), 'show info\n')
    return /^Pid: (\d+)$/m.exec(info)?.[1]
  }

  #statsSocket(): string {
    const [, path] = /stats socket '([^']+)'/.exec(readFileSync(this.#file, 'utf8')) ?? []
    return path ?? ''
  }
}

function ask(path: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect({ path }, () => socket.end(command))
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('end', () => resolve(text)).on('error', reject)
  })
}
