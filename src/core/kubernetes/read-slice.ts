import * as read from './fields.ts'
import type { Endpoint, SliceObject } from './objects.ts'

const SERVICE_NAME = 'kubernetes.io/service-name'

/** The EndpointSlice that the API server sent, or undefined where it is of no Service. */
export function readSlice(raw: unknown): SliceObject | undefined {
  const object = read.fieldsOf(raw)
  const metadata = read.objectField(object, 'metadata')
  const namespace = read.nameField(metadata, 'namespace')
  const name = read.nameField(metadata, 'name')
  const service = read.nameField(read.objectField(metadata, 'labels'), SERVICE_NAME)
  if (!namespace || !name || !service) return undefined
  return {
    key: `${namespace}/${name}`,
    service: `${namespace}/${service}`,
    endpoints: read.objectsField(object, 'endpoints').map(readEndpoint),
  }
}

/** What is not said has the API's own meaning: ready, serving as it is ready, not terminating. */
function readEndpoint(fields: read.Fields): Endpoint {
  const conditions = read.objectField(fields, 'conditions')
  const nodeName = read.nameField(fields, 'nodeName')
  const ready = read.flagField(conditions, 'ready') ?? true
  return {
    ...(nodeName && { nodeName }),
    addresses: read.textsField(fields, 'addresses'),
    ready,
    serving: read.flagField(conditions, 'serving') ?? ready,
    terminating: read.flagField(conditions, 'terminating') ?? false,
  }
}
