import * as read from './fields.ts'
import type { NodeObject } from './objects.ts'

const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'
const AUTOSCALER_TAINT = 'ToBeDeletedByClusterAutoscaler'
const ZONE = 'topology.kubernetes.io/zone'

/** The Node that the API server sent, or undefined where it has no name. */
export function readNode(raw: unknown): NodeObject | undefined {
  const object = read.fieldsOf(raw)
  const metadata = read.objectField(object, 'metadata')
  const spec = read.objectField(object, 'spec')
  const status = read.objectField(object, 'status')
  const labels = read.objectField(metadata, 'labels')
  const name = read.nameField(metadata, 'name')
  const zone = read.nameField(labels, ZONE)
  if (!name) return undefined
  return {
    name,
    addresses: read.objectsField(status, 'addresses').map((fields) => ({
      type: read.textField(fields, 'type') ?? '',
      address: read.textField(fields, 'address') ?? '',
    })),
    ready: read
      .objectsField(status, 'conditions')
      .some((one) => read.field(one, 'type') === 'Ready' && read.field(one, 'status') === 'True'),
    deleting: read.nameField(metadata, 'deletionTimestamp') !== undefined,
    unschedulable: read.flagField(spec, 'unschedulable') ?? false,
    // Whatever the label's value is: Kubernetes' own load balancers look only whether it is there.
    excluded: read.field(labels, EXCLUDED) !== undefined,
    autoscalerTaint: read
      .objectsField(spec, 'taints')
      .some((taint) => read.field(taint, 'key') === AUTOSCALER_TAINT),
    ...(zone && { zone }),
  }
}
