import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { StackContext } from './context.ts'
import { namePlace } from './name-place.ts'

/**
 * What a pod calls itself: as the service says, or by the name by which it asks itself. A Service leads to pods that are
 * ready, and one whose check asks it by its name would never be: as the pod's hostname the name leads to the pod itself,
 * as in Docker. With Compose that is so of addresses too, to which a service binds (Kafka's listeners); Swarm's lead to
 * what stands before its tasks.
 */
export function hostnameOf(service: CanonicalService, path: Path, context: StackContext): string | undefined {
  const { names, stack, findings } = context
  const { hostname, healthcheck, environment, command, entrypoint } = service
  const key = String(path[1])
  const find = (text: string | null) => askedHosts(text ?? '').find((host) => names.find(host)?.key === key)
  const asked = healthcheck?.disable ? undefined : find(healthcheck?.test.slice(1).join(' ') ?? '')
  if (asked !== undefined && (hostname === undefined || hostname === asked)) return names.find(asked)?.name
  if (asked !== undefined)
    findings.warn(
      [...path, 'healthcheck', 'test'],
      `the check asks for ${asked}, which leads nowhere until the service is ready: by this check it never is`,
      `Write hostname: ${asked}, or let the check ask localhost.`,
    )
  if (hostname !== undefined || !stack.compose) return hostname
  const own = [...environment.values(), ...command, ...entrypoint]
    .map(find)
    .find((host) => host !== undefined)
  return own && names.find(own)?.name
}

/** What stands where hosts stand: in URLs, before ports, behind the option for it. */
function askedHosts(text: string): string[] {
  return [...text.matchAll(/[A-Za-z0-9_][\w.-]*/g)].flatMap(({ 0: word, index }) => {
    const { port, isInUrl, isUser } = namePlace(text, index, word.length)
    const isOption = /(^|\s)(-h|-z|--?host)[ =]$/.test(text.slice(0, index))
    return !isUser && (isInUrl || port !== undefined || isOption) ? [word] : []
  })
}
