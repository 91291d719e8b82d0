import { Compile } from 'typebox/compile'
import { OwnerName } from '../../wire/names.ts'
import { ANNOTATION_PREFIX, OLD_SOURCE_RANGES } from '../annotation-names.ts'
import { FAMILIES } from './controller-rules.ts'
import * as read from './fields.ts'
import type { Condition, Ingress, PortStatus, ServiceObject, ServicePort } from './objects.ts'
import { parseTime } from './rfc3339.ts'

const ownerName = Compile(OwnerName)

/** Whose writes are a controller's, in server-side apply; each election has a name of its own behind it. */
export const FIELD_MANAGER = 'homeport-controller'

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const
const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const

/**
 * The Service that the API server sent, or undefined where it has no name that an owner could have. A field that is
 * missing or of an odd form is as if it had been left out; a port that has no number is no port.
 * @param manager whose writes are this controller's.
 */
export function readService(raw: unknown, manager = FIELD_MANAGER): ServiceObject | undefined {
  const object = read.fieldsOf(raw)
  const metadata = read.objectField(object, 'metadata')
  const spec = read.objectField(object, 'spec')
  const namespace = read.textField(metadata, 'namespace') ?? ''
  const name = read.textField(metadata, 'name') ?? ''
  const key = `${namespace}/${name}`
  if (!ownerName.Check(key)) return undefined
  const deletedAt = parseTime(read.textField(metadata, 'deletionTimestamp') ?? '')
  const { loadBalancerClass, clusterIP, healthCheckNodePort } = optionalFields(spec)
  return {
    key,
    namespace,
    name,
    uid: read.textField(metadata, 'uid') ?? '',
    created: parseTime(read.textField(metadata, 'creationTimestamp') ?? '') ?? 0,
    deleting: read.nameField(metadata, 'deletionTimestamp') !== undefined,
    ...(deletedAt !== undefined && { deletedAt }),
    managed: read
      .objectsField(metadata, 'managedFields')
      .some((entry) => read.field(entry, 'manager') === manager),
    finalizers: read.textsField(metadata, 'finalizers'),
    annotations: readAnnotations(read.objectField(metadata, 'annotations')),
    type: read.wordField(spec, 'type', TYPES) ?? 'ClusterIP',
    ...(loadBalancerClass && { loadBalancerClass }),
    ...(clusterIP && { clusterIP }),
    ipFamilies: read.textsField(spec, 'ipFamilies').flatMap((text) => FAMILIES.filter((one) => one === text)),
    externalTrafficPolicy: read.wordField(spec, 'externalTrafficPolicy', ['Local', 'Cluster']) ?? 'Cluster',
    ...(healthCheckNodePort && { healthCheckNodePort }),
    sessionAffinity: read.wordField(spec, 'sessionAffinity', ['None', 'ClientIP']) ?? 'None',
    allocateNodePorts: read.flagField(spec, 'allocateLoadBalancerNodePorts') ?? true,
    sourceRanges: read.textsField(spec, 'loadBalancerSourceRanges'),
    ports: readPorts(spec),
    status: readStatus(read.objectField(object, 'status')),
  }
}

function optionalFields(spec: read.Fields) {
  return {
    loadBalancerClass: read.nameField(spec, 'loadBalancerClass'),
    clusterIP: read.nameField(spec, 'clusterIP'),
    healthCheckNodePort: read.portField(spec, 'healthCheckNodePort'),
  }
}

function readAnnotations(all: read.Fields): Record<string, string> {
  const kept = Object.entries(all).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' &&
      (entry[0].startsWith(ANNOTATION_PREFIX) || entry[0] === OLD_SOURCE_RANGES),
  )
  return Object.fromEntries(kept)
}

function readPorts(spec: read.Fields): ServicePort[] {
  const ports = new Map<string, ServicePort>()
  for (const fields of read.objectsField(spec, 'ports')) {
    const port = readPort(fields)
    const key = port && `${port.protocol}/${port.port}`
    if (key && !ports.has(key)) ports.set(key, port)
  }
  return [...ports.values()]
}

function readPort(fields: read.Fields): ServicePort | undefined {
  const port = read.portField(fields, 'port')
  const protocol = read.wordField(fields, 'protocol', PROTOCOLS)
  if (port === undefined || (!protocol && read.field(fields, 'protocol') !== undefined)) return undefined
  const name = read.nameField(fields, 'name')
  const nodePort = read.portField(fields, 'nodePort')
  return {
    ...(name && { name }),
    port,
    protocol: protocol ?? 'TCP',
    ...(nodePort && { nodePort }),
  }
}

function readStatus(status: read.Fields): ServiceObject['status'] {
  const ingress = read.objectsField(read.objectField(status, 'loadBalancer'), 'ingress')
  const conditions = read.objectsField(status, 'conditions')
  return {
    ingress: ingress.map(readIngress),
    conditions: conditions.flatMap((one) => readCondition(one) ?? []),
  }
}

function readIngress(fields: read.Fields): Ingress {
  const ip = read.nameField(fields, 'ip')
  const hostname = read.nameField(fields, 'hostname')
  const ipMode = read.wordField(fields, 'ipMode', ['VIP', 'Proxy'])
  const ports = read.objectsField(fields, 'ports').flatMap((port) => readPortStatus(port) ?? [])
  return {
    ...(ip && { ip }),
    ...(hostname && { hostname }),
    ...(ipMode && { ipMode }),
    ...(ports.length > 0 && { ports }),
  }
}

function readPortStatus(fields: read.Fields): PortStatus | undefined {
  const port = read.portField(fields, 'port')
  const protocol = read.wordField(fields, 'protocol', PROTOCOLS)
  const error = read.nameField(fields, 'error')
  if (port === undefined || protocol === undefined) return undefined
  return { port, protocol, ...(error && { error }) }
}

function readCondition(fields: read.Fields): Condition | undefined {
  const type = read.textField(fields, 'type') ?? ''
  const status = read.wordField(fields, 'status', ['True', 'False', 'Unknown'])
  if (!type.startsWith(ANNOTATION_PREFIX) || !status) return undefined
  return {
    type,
    status,
    reason: read.textField(fields, 'reason') ?? '',
    message: read.textField(fields, 'message') ?? '',
    lastTransitionTime: read.textField(fields, 'lastTransitionTime') ?? '',
  }
}
