import { execFile } from 'node:child_process'
import { type Complaint, parseComplaints } from '../../core/haproxy/complaint.ts'
import { DataPlaneUnavailable } from '../../core/plan/driver.ts'
import type { HaproxyPaths } from './paths.ts'

/** 5,000 routes take 0.3 s. */
const TIMEOUT = 60_000

/**
 * Has HAProxy read the candidate together with haproxy.d (`haproxy -c`). It opens no port. Empty when all is well.
 * @throws DataPlaneUnavailable when there is no such program.
 */
export function checkConfig(
  binary: string,
  { candidate, include }: HaproxyPaths,
): Promise<readonly Complaint[]> {
  return new Promise((resolve, reject) => {
    const args = ['-c', '-f', candidate, '-f', include]
    execFile(binary, args, { timeout: TIMEOUT, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (!error) return resolve([])
      if (typeof error.code === 'string') {
        return reject(new DataPlaneUnavailable(`cannot run ${binary}: ${error.message}`))
      }
      const complaints = parseComplaints(`${stdout}\n${stderr}`)
      resolve(complaints.length > 0 ? complaints : [{ text: lastLine(stderr) ?? error.message }])
    })
  })
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined
}
