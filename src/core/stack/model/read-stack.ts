import type { CanonicalService, CanonicalStack } from '../canonical.ts'
import { type Digest, dnsName } from '../names.ts'
import type { StackFiles } from '../stack-files.ts'
import { withComposeParts } from './compose.ts'
import type { StackContext } from './context.ts'
import { reportKeys } from './dropped-keys.ts'
import { FileShelf, readReferences } from './file-objects.ts'
import { Findings } from './findings.ts'
import { tellOfExternalNetworks } from './networks.ts'
import { type StackOptions, USUAL_NAMESPACES } from './options.ts'
import { tellOfOwners } from './owner.ts'
import { withPhones } from './phones.ts'
import { portableRoutes } from './portable-routes.ts'
import { refuseSharedPorts } from './ports.ts'
import { readReach } from './reach.ts'
import { readService } from './read-service.ts'
import { RouteReader } from './routes.ts'
import { ServiceNames } from './service-names.ts'
import { readTexts } from './service-texts.ts'
import { tellOfSharedVolumes } from './shared-volumes.ts'
import { sharing } from './sharing.ts'
import type { StackModel } from './stack-model.ts'
import { standInFor } from './stand-ins.ts'
import { readStorage } from './storage.ts'
import { MiddlewareBook } from './traefik/middlewares.ts'
import { tellOfUnnamed } from './unnamed.ts'

export interface StackInput {
  readonly stackName: string
  readonly stack: CanonicalStack
  readonly files: StackFiles
  readonly digest: Digest
  readonly options: StackOptions
}

/** Reads what a stack is on Kubernetes. Everything that is wrong with it is found at once. */
export function readStack(input: StackInput): StackModel {
  const { stackName, digest } = input
  const findings = new Findings()
  const namespace = readNamespace(input, findings)
  const stack = withoutTraefik(input.stack, findings)
  const names = new ServiceNames(stackName, stack, digest)
  const context: StackContext = { ...input, stack, namespace, names, findings }
  reportKeys(stack, findings)
  tellOfSharedVolumes(context)
  findings.take(stack.compose?.findings ?? [])
  const shelf = new FileShelf(context)
  const storage = readStorage(context, shelf)
  // First all words, which name each other's ports, then what depends on the ports.
  const texts = new Map([...stack.services].map(([key, service]) => [key, readTexts(service, key, context)]))
  const filesOf = new Map(
    [...stack.services].map(([key, service]) => [key, readReferences(service, key, context, shelf)]),
  )
  const book = new MiddlewareBook(context, shelf)
  const routes = new RouteReader({ ...context, stack: input.stack }, book)
  const reachOf = new Map(
    [...stack.services].map(([key, service]) => [key, readReach(key, service, routes, context)]),
  )
  const portsOf = new Map([...reachOf].map(([key, { known }]) => [key, known]))
  const { claims, togetherOf, oneWriter } = sharing(storage, context)
  const plain = [...stack.services].map(([key, service]) => {
    const parts = {
      texts: texts.get(key) ?? readTexts(service, key, context),
      mounts: [...(storage.mountsOf.get(key) ?? []), ...(filesOf.get(key) ?? [])],
      ports: reachOf.get(key)?.ports ?? [],
      headless: reachOf.get(key)?.headless ?? true,
      routes: routes.read(key, service, portsOf),
      together: togetherOf.get(key),
      oneWriter: oneWriter.has(key),
      takesHostsTime: storage.zoned.has(key),
    }
    return withComposeParts(readService(key, service, parts, context, shelf), service, context)
  })
  const services = withPhones(plain, context)
  book.tellMissing()
  tellOfUnnamed(services, routes.asked, context)
  refuseSharedPorts(services, findings)
  tellOfOwners(services, claims, findings)
  tellOfExternalNetworks(context)
  return {
    stackName,
    namespace,
    services,
    claims,
    files: shelf.all,
    middlewares: book.all,
    portable: portableRoutes(services, book.all, context),
    asked: routes.asked,
    foreign: foreignNames(services, context),
    tasksOf: names.tasksOf,
    findings: findings.all,
  }
}

/** Namespaces that are the cluster's own. */
const TAKEN = /^(default|kube-.*)$/

function readNamespace({ stackName, digest, options }: StackInput, findings: Findings): string {
  if (stackName === '' || TAKEN.test(stackName))
    findings.refuse(
      [],
      `a stack cannot be called ${JSON.stringify(stackName)}`,
      'Choose another name: it becomes a namespace.',
    )
  const { ingress, ingressNamespaces = USUAL_NAMESPACES[ingress], oauth } = options
  if (stackName === oauth.namespace)
    findings.refuse(
      [],
      `a stack cannot be called ${stackName}: what guards the routes of all stacks is in the namespace of that name`,
      'Choose another name: it becomes a namespace.',
    )
  else if (!TAKEN.test(stackName) && ingressNamespaces.includes(stackName))
    findings.warn(
      [],
      `a stack called ${stackName} shares its namespace with the cluster's ingress controller, where that is in the usual one`,
      'Another name keeps the two apart.',
    )
  return dnsName(stackName, digest)
}

/** A Traefik that reads Docker finds nothing to read here: the cluster's own ingress controller serves the routes. */
function withoutTraefik(stack: CanonicalStack, findings: Findings): CanonicalStack {
  const services = new Map<string, CanonicalService>()
  for (const [key, service] of stack.services) {
    if (standInFor(service)?.name !== 'traefik') services.set(key, service)
    else
      findings.warn(
        ['services', key],
        'this Traefik is left out, with the ports that it publishes: the ingress controller of the cluster serves the routes of all stacks',
        'Install Traefik in the cluster once, with its own chart.',
      )
  }
  return { ...stack, services }
}

/** Names of services of other stacks on the networks that they share with this one, which has none of that name. */
function foreignNames(services: StackModel['services'], { options }: StackContext): StackModel['foreign'] {
  const networks = new Set(services.flatMap(({ sharedNetworks }) => sharedNetworks))
  const taken = new Set(services.flatMap(({ name, aliases }) => [name, ...aliases]))
  return options.neighbours.flatMap(({ namespace, services: theirs }) =>
    Object.entries(theirs).flatMap(([name, on]) => {
      if (taken.has(name) || !on.some((network) => networks.has(network))) return []
      taken.add(name)
      return [{ name, namespace }]
    }),
  )
}
