import type { ServiceModel } from '../model/service-model.ts'
import type { Digest } from '../names.ts'
import { agentContainer, tokenVolume } from './agent.ts'
import { environment } from './environment.ts'
import { aliasLabel, networkLabel, podSelector, SWARM_NAME, stackLabels, volumeLabel } from './labels.ts'
import { some } from './object.ts'
import { probes } from './probes.ts'
import { scheduling } from './scheduling.ts'
import { containerSecurity, podSecurity } from './security.ts'
import { podVolumes } from './volumes.ts'
import { waitParts } from './waits.ts'

/** What the pods of a stack have in common. */
export interface PodPlace {
  readonly stackName: string
  readonly namespace: string
  readonly services: readonly ServiceModel[]
  readonly digest: Digest
  readonly waitImage: string
  readonly pullSecrets: readonly string[]
  /** Names of jobs that are known already, by the service: each has the hash of all that it is. */
  readonly jobNames: Map<string, string>
}

/** The template of a service's pods. */
export function podTemplate(
  service: ServiceModel,
  place: PodPlace,
  restartPolicy: 'Never' | 'OnFailure' | undefined,
): object {
  const { stackName, namespace, digest } = place
  const waits = waitParts(service, place)
  const { volumes, mounts } = podVolumes(service.mounts, digest)
  const { name, ports, resources } = service
  const agent = sidecar(service)
  // A Job ends when its own container does, whatever those do that are begun before it and go on.
  const isJob = service.run.kind === 'Job'
  return {
    metadata: {
      labels: podLabels(service, namespace, digest),
      annotations: { ...service.annotations, [SWARM_NAME]: `${stackName}_${service.key}` },
    },
    spec: {
      automountServiceAccountToken: service.account !== undefined,
      serviceAccountName: service.account?.name ?? waits.account,
      enableServiceLinks: false,
      imagePullSecrets: some(place.pullSecrets.map((name) => ({ name }))),
      restartPolicy,
      terminationGracePeriodSeconds: service.stopGrace,
      hostname: service.hostname,
      shareProcessNamespace: service.init || undefined,
      securityContext: podSecurity(service),
      dnsConfig: service.dnsSearches.length > 0 ? { searches: service.dnsSearches } : undefined,
      hostAliases: some(hostAliases(service)),
      ...scheduling(service, namespace),
      initContainers: some([
        ...waits.containers,
        ...(agent && isJob ? [{ ...agent, restartPolicy: 'Always' }] : []),
      ]),
      containers: [
        {
          name,
          image: service.image,
          command: some(service.command),
          args: some(service.args),
          workingDir: service.workingDir,
          env: some(environment(service)),
          ports: some(ports.map(({ port, protocol }) => ({ containerPort: port, protocol }))),
          resources: some({
            ...(some(resources.limits) && { limits: resources.limits }),
            ...(some(resources.requests) && { requests: resources.requests }),
          }),
          ...probes(service.health),
          securityContext: containerSecurity(service),
          stdin: service.stdin || undefined,
          tty: service.tty || undefined,
          volumeMounts: some(mounts),
        },
        ...(agent && !isJob ? [agent] : []),
      ],
      volumes: some([
        ...volumes,
        ...(agent && service.phone ? [tokenVolume(service.phone)] : []),
        ...waits.volumes,
      ]),
    },
  }
}

function sidecar({ name, phone }: ServiceModel): Record<string, unknown> | undefined {
  if (phone?.kind !== 'sidecar') return undefined
  return agentContainer(name === 'homeport' ? 'homeport-agent' : 'homeport', phone)
}

function podLabels(service: ServiceModel, namespace: string, digest: Digest): Record<string, string> {
  const marks = [
    ...service.aliases.map(aliasLabel),
    ...service.sharedNetworks.map((network) => networkLabel(network, digest)),
    ...(service.together ? [volumeLabel(service.together)] : []),
  ]
  return {
    ...stackLabels(namespace),
    ...podSelector(namespace, service.name),
    'app.kubernetes.io/name': service.name,
    ...Object.fromEntries(marks.toSorted().map((mark) => [mark, ''])),
  }
}

/** One entry an address. */
function hostAliases({ hostAliases: pairs }: ServiceModel): { ip: string; hostnames: string[] }[] {
  const byAddress = new Map<string, string[]>()
  for (const { ip, host } of pairs) byAddress.set(ip, [...(byAddress.get(ip) ?? []), host])
  return [...byAddress].map(([ip, hostnames]) => ({ ip, hostnames: [...new Set(hostnames)] }))
}
