import type { CanonicalService } from '../canonical.ts'
import { canonicalPath } from './host-paths.ts'

/** A well-known service that steers Docker, and what takes its place on Kubernetes. */
export interface StandIn {
  readonly name: 'traefik' | 'portainer-agent' | 'portainer'
  /** Whether it does without a path of the host here. */
  leaves(source: string): boolean
}

const SOCKET = /\/docker\.sock$/

const TRAEFIK: StandIn = { name: 'traefik', leaves: () => true }
const AGENT: StandIn = {
  name: 'portainer-agent',
  leaves: (source) => SOCKET.test(source) || source === '/var/lib/docker/volumes' || source === '/',
}
const PORTAINER: StandIn = { name: 'portainer', leaves: (source) => SOCKET.test(source) }

/** Whether a service is one that is known. Only the images of their makers count, and Traefik only where it reads Docker. */
export function standInFor(service: CanonicalService): StandIn | undefined {
  const image = (service.image ?? '')
    .replace(/^(index\.)?docker\.io\//, '')
    .replace(/^library\//, '')
    .replace(/[:@].*$/, '')
  if (image === 'traefik') return readsDocker(service) ? TRAEFIK : undefined
  if (image === 'portainer/agent') return AGENT
  return /^portainer\/portainer(-ce|-ee)?$/.test(image) ? PORTAINER : undefined
}

function readsDocker({ command, volumes }: CanonicalService): boolean {
  const mounts = volumes.some(
    ({ type, source }) => type === 'bind' && SOCKET.test(canonicalPath(source ?? '')),
  )
  return mounts || command.some((flag) => /^--providers\.(docker|swarm)\b|^--docker\b/i.test(flag))
}
