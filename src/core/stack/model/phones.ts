import { ALLOW, CHECK, EDGES, PROXY_PROTOCOL } from '../../annotation-names.ts'
import type { StackContext } from './context.ts'
import { NodePorts } from './node-ports.ts'
import type { AgentOption } from './options.ts'
import type { Phone, Publish, ServiceModel } from './service-model.ts'

/** Where an agent says whether its claims are live, unless the service listens there itself. */
const READY_PORT = 8099

/** What the annotations of a Service are called in an agent's environment. */
const SETTINGS: Readonly<Record<string, string>> = {
  [ALLOW]: 'HOMEPORT_ALLOW',
  [CHECK]: 'HOMEPORT_CHECK',
  [PROXY_PROTOCOL]: 'HOMEPORT_PROXY_PROTOCOL',
}

/** Gives the services that publish ports an agent each, where the one who deploys wants agents. */
export function withPhones(
  services: readonly ServiceModel[],
  context: StackContext,
): readonly ServiceModel[] {
  const { options, namespace, digest, findings, stack } = context
  const option = options.phone
  if (option.kind === 'controller') return services
  const nodePorts = new NodePorts(namespace, digest, findings)
  const made = services.map((service): ServiceModel => {
    const canonical = stack.services.get(service.key)
    if (!canonical || !service.publishes.some(({ published }) => published > 0)) return service
    refuse(service, option, context)
    const publishes = nodePorts.assign(canonical, service.key, service.publishes)
    return { ...service, publishes, phone: phone({ ...service, publishes }, option, namespace) }
  })
  if (made.some((service) => service.phone !== undefined))
    findings.warn(
      [],
      `the Secret ${option.tokenSecret} with the token of an edge has to be there before`,
      `On the edge: homeport token create ${namespace} --namespace ${namespace} --out token; then kubectl -n ${namespace} create secret generic ${option.tokenSecret} --from-file=token`,
    )
  return made
}

function refuse(
  { path, publishes, wishes, inside }: ServiceModel,
  option: AgentOption,
  context: StackContext,
): void {
  const { findings } = context
  publishes.forEach(({ protocol }, index) => {
    if (protocol === 'SCTP')
      findings.refuse([...path, 'ports', index], 'no edge forwards SCTP', 'Publish tcp or udp.')
  })
  if (wishes[EDGES] !== undefined)
    findings.warn(
      path,
      `${EDGES} is for the controller: an agent calls all edges of --edge`,
      'Take the label out, or choose --phone controller.',
    )
  if (inside && option.kind === 'sidecar')
    findings.refuse(
      [...path, 'networks'],
      'the agent beside it would reach no edge: all its networks are internal',
      'Choose --phone affinity or controller, or put it on another network too.',
    )
}

function phone(
  { name, ports, publishes, wishes }: ServiceModel,
  { kind, image, tokenSecret, edges, cluster }: AgentOption,
  namespace: string,
): Phone {
  const taken = new Set(ports.map(({ port }) => port))
  let readyPort = READY_PORT
  while (kind === 'sidecar' && taken.has(readyPort)) readyPort += 1
  const wished = Object.entries(wishes).flatMap(([label, value]) => {
    const setting = SETTINGS[label]
    return setting === undefined ? [] : [[setting, value] as const]
  })
  const environment = {
    HOMEPORT_EDGES: edges,
    HOMEPORT_TOKEN_FILE: '/run/homeport/token',
    HOMEPORT_CLUSTER: cluster,
    HOMEPORT_OWNER: `${namespace}/${name}`,
    HOMEPORT_CLAIMS: claims(publishes),
    HOMEPORT_READY_PORT: String(readyPort),
    ...Object.fromEntries(wished),
  }
  return { kind, image, tokenSecret, environment, readyPort }
}

/** `8443:30843/tcp`: port of the edge, node port. */
function claims(publishes: readonly Publish[]): string {
  return publishes
    .filter(({ published }) => published > 0)
    .map(({ published, nodePort, protocol }) => `${published}:${nodePort}/${protocol.toLowerCase()}`)
    .join(',')
}
