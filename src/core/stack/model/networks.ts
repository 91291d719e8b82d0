import type { CanonicalService, CanonicalStack } from '../canonical.ts'
import type { StackContext } from './context.ts'
import { aliasName } from './service-names.ts'

/** Networks of Docker that are none of overlay's. */
const HOSTS_OWN = new Set(['host', 'bridge', 'none'])

/** The names of the networks of a service that other stacks may be on too. */
export function sharedNetworks(
  service: CanonicalService,
  key: string,
  { stack, findings }: StackContext,
): string[] {
  const names = service.networks.size > 0 ? [...service.networks.keys()] : ['default']
  return names.flatMap((name) => {
    const network = stack.networks.get(name)
    if (network === undefined) {
      if (name !== 'default' && service.networks.has(name))
        findings.refuse(
          ['services', key, 'networks', name],
          `there is no network ${name}`,
          `Write it at the top: networks: ${name}:`,
        )
      return []
    }
    const outside = network.name ?? (network.external ? name : undefined)
    if (outside === undefined) return []
    if (HOSTS_OWN.has(outside)) {
      findings.refuse(
        ['services', key, 'networks', name],
        `no pod is on the network ${outside} of its node`,
        'Take it out, and publish the ports of the service.',
      )
      return []
    }
    return [outside]
  })
}

/** The names of other stacks are known of those alone that are given. */
export function tellOfExternalNetworks({ stack, options, findings }: StackContext): void {
  const used = new Set([...stack.services.values()].flatMap(({ networks }) => [...networks.keys()]))
  const known = new Set(options.neighbours.flatMap(({ services }) => Object.values(services).flat()))
  for (const [key, network] of stack.networks) {
    const name = network.name ?? key
    if (network.external && used.has(key) && !known.has(name) && !HOSTS_OWN.has(name))
      findings.warn(
        ['networks', key],
        `the names of services of other stacks on the network ${name} do not resolve here`,
        'Where one is asked for, give its stack: --beside NAME=FILE.',
      )
  }
}

/** Whether a service is on internal networks alone. Of an external one nobody here knows what it is. */
export function isInside({ networks }: CanonicalService, stack: CanonicalStack): boolean {
  const names = networks.size > 0 ? [...networks.keys()] : ['default']
  return names.every((name) => stack.networks.get(name)?.internal === true)
}

/** The names that a service has beside its own. */
export function readAliases(
  service: CanonicalService,
  key: string,
  { stack, names, findings, digest }: StackContext,
): string[] {
  const aliases = new Set<string>()
  for (const [network, attachment] of service.networks) {
    for (const alias of attachment?.aliases ?? []) {
      const at = ['services', key, 'networks', network, 'aliases']
      if (alias === key) continue
      if (alias.includes('.')) {
        findings.refuse(
          at,
          `${alias} cannot be the name of a Service: it has dots`,
          'Use a name without dots.',
        )
      } else if (stack.services.has(alias)) {
        findings.warn(at, `${alias} is a service of its own, and stays that alone`)
      } else {
        const name = aliasName(alias, digest)
        if (name !== alias)
          findings.warn(at, `the name ${alias} cannot be one in Kubernetes: here it becomes ${name}`)
        if (name !== names.of(key)) aliases.add(name)
      }
    }
  }
  return [...aliases]
}
