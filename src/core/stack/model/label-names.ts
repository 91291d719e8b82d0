import { ALLOW, ANNOTATION_PREFIX, CHECK, EDGES, PORTS, PROXY_PROTOCOL } from '../../annotation-names.ts'
import type { CanonicalService } from '../canonical.ts'

/** What a stack's author says to Homeport, in the labels of a service. */
export const HOST = `${ANNOTATION_PREFIX}host`
export const PORT = `${ANNOTATION_PREFIX}port`
export const AUTH = `${ANNOTATION_PREFIX}auth`
export const HOST_PATHS = `${ANNOTATION_PREFIX}host-paths`
/** Lets the tasks of a service on all nodes write to one volume, where Docker has one on each node. */
export const SHARED_VOLUMES = `${ANNOTATION_PREFIX}shared-volumes`
export const ESCALATION = `${ANNOTATION_PREFIX}privilege-escalation`
export const ACCOUNT = `${ANNOTATION_PREFIX}service-account`
/** Lets a service that is known to steer the cluster do everything there. */
export const CLUSTER_ADMIN = `${ANNOTATION_PREFIX}cluster-admin`
/** Whose the volumes are, `472` or `472:472`: in the labels of a service, or of a volume. */
export const OWNER = `${ANNOTATION_PREFIX}owner`
/** In the labels of a volume. */
export const SIZE = `${ANNOTATION_PREFIX}size`
/** In the labels of a volume too: when it is snapshotted. */
export const SNAPSHOTS = 'backup.kubernetes.io/deltas'

/** What its ports on the edge are to be like: as the annotations of a Service. */
export const EDGE_WISHES: readonly string[] = [ALLOW, CHECK, EDGES, PROXY_PROTOCOL]

/** The node ports of published ports, where agents phone home: `8443:30843`. */
export const NODE_PORTS = `${ANNOTATION_PREFIX}node-ports`

const OF_SERVICES: readonly string[] = [
  HOST,
  PORT,
  AUTH,
  HOST_PATHS,
  SHARED_VOLUMES,
  ESCALATION,
  ACCOUNT,
  CLUSTER_ADMIN,
  OWNER,
  NODE_PORTS,
  ...EDGE_WISHES,
]

/** Why a label of ours is none that is read there, and what to write; undefined where it is one, or nobody's. */
export function labelFault(label: string, of: 'service' | 'volume'): string | undefined {
  if (!label.startsWith(ANNOTATION_PREFIX)) return undefined
  const known = of === 'service' ? OF_SERVICES : [SIZE, OWNER]
  if (known.includes(label)) return undefined
  return label === PORTS ? 'Write ports: 8443:8883.' : `Write ${known.join(', ')}.`
}

/** The labels of the containers and of the service, which are one thing here: the service's win. */
export function labelsOf(service: CanonicalService): ReadonlyMap<string, string> {
  return new Map([...service.labels, ...service.deploy.labels])
}
