import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const script = new URL('../../scripts/haproxy-3.sh', import.meta.url).pathname

/**
 * Finds the HAProxies to test with, before the first test runs: the machine's own must be there, and
 * `HOMEPORT_HAPROXY_3` names one of version 3 (an empty text where none is to be had: its tests are then skipped).
 */
export default async function findHaproxy(): Promise<void> {
  // Debian keeps it where only root's PATH leads.
  process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  try {
    await run('haproxy', ['-v'])
  } catch (cause) {
    throw new Error('These tests run the real HAProxy, and there is none here: run `make setup`.', { cause })
  }
  process.env['HOMEPORT_HAPROXY_3'] ??= await haproxy3()
}

async function haproxy3(): Promise<string> {
  try {
    return (await run(script)).stdout.trim()
  } catch (error) {
    const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    console.warn(`${reason}\nThe tests of HAProxy 3 are skipped.`)
    return ''
  }
}
