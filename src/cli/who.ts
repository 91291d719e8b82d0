import { randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'

/** Who does something, for others who wait for it: no other process has it. */
export function whoWeAre(): string {
  return `${userName()}@${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user of a number alone, as in containers.
    return String(process.getuid?.() ?? '')
  }
}
