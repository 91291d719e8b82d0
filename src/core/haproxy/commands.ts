import type { Change } from '../plan/change.ts'
import type { PortKey } from '../route.ts'
import { proxyName } from './proxy-name.ts'
import { serverText } from './server.ts'
import { word } from './word.ts'

/** A change that the runtime API can make. */
export type RuntimeChange = Extract<
  Change,
  { readonly kind: 'add-backend' | 'readmit-backend' | 'retire-backend' }
>

/** The runtime commands of a change, in their order. */
export function commandsFor(change: RuntimeChange): string[] {
  switch (change.kind) {
    case 'add-backend': {
      const [name = '', ...settings] = serverText(change.backend, change.route).split(' ')
      const server = serverPath(change.key, name)
      return [`add server ${server} ${settings.join(' ')}`, ...admit(server)]
    }
    case 'readmit-backend':
      return admit(serverPath(change.key, change.name))
    case 'retire-backend':
      return [`set server ${serverPath(change.key, change.name)} state drain`]
  }
}

/**
 * A server added at run time is in maintenance and unchecked at first; `ready` also ends a drain. `enable health` leaves a
 * server without checks alone.
 */
function admit(server: string): string[] {
  return [`set server ${server} state ready`, `enable health ${server}`]
}

/**
 * What removes a server that is on its way out. `del server` wants one in maintenance and without a connection; it is
 * refused otherwise, and asked for again at the next look.
 */
export function removeCommands(key: PortKey, name: string, cutSessions: boolean): string[] {
  return [
    standStillCommand(key, name),
    ...(cutSessions ? [`shutdown sessions server ${serverPath(key, name)}`] : []),
    `del server ${serverPath(key, name)}`,
  ]
}

/** What takes a server out of service at once. Its sessions go on. */
export function standStillCommand(key: PortKey, name: string): string {
  return `set server ${serverPath(key, name)} state maint`
}

/** HAProxy reads at most 16 kB of a line; half of that leaves room for whatever it adds. */
const LONGEST_LINE = 8_000

/** Commands joined into as few lines as HAProxy reads whole. Each line is one connection to its CLI. */
export function commandLines(commands: readonly string[]): string[] {
  const lines: string[] = []
  let line = ''
  for (const command of commands) {
    if (line !== '' && line.length + command.length + 2 > LONGEST_LINE) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? command : `${line}; ${command}`
  }
  return line === '' ? lines : [...lines, line]
}

function serverPath(key: PortKey, name: string): string {
  return `${proxyName(key)}/${word(name)}`
}
