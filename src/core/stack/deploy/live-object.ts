import {
  type Fields,
  fieldsOf,
  objectField,
  objectsField,
  textField,
} from '../../../core/kubernetes/fields.ts'
import { SERVICE, STACK } from '../objects/labels.ts'
import type { ObjectKind } from './stack-kinds.ts'

/** Who applies the objects of stacks. Of fields that nobody else wants, the API server takes away what it no longer names. */
export const FIELD_MANAGER = 'homeport-stack'

/** An object as the API server has it. */
export interface LiveObject extends ObjectKind {
  readonly name: string
  /** Empty for what lies in none. */
  readonly namespace: string
  readonly uid: string
  readonly labels: Readonly<Record<string, string>>
  /** It is on its way out. */
  readonly isEnding: boolean
  /** Whole, with what nobody here has asked for. */
  readonly raw: Fields
}

/** @param raw an object, or an item of a list, which does not say its kind */
export function readLive({ apiVersion, kind }: ObjectKind, raw: unknown): LiveObject {
  const fields = fieldsOf(raw)
  const metadata = objectField(fields, 'metadata')
  return {
    apiVersion,
    kind,
    name: textField(metadata, 'name') ?? '',
    namespace: textField(metadata, 'namespace') ?? '',
    uid: textField(metadata, 'uid') ?? '',
    labels: textsOf(objectField(metadata, 'labels')),
    isEnding: metadata['deletionTimestamp'] !== undefined,
    raw: { ...fields, apiVersion, kind },
  }
}

/** The fields that deploying stacks owns of an object, in the form of `fieldsV1`; undefined where it owns none. */
export function ownedFields(raw: Fields): Fields | undefined {
  const own = objectsField(objectField(raw, 'metadata'), 'managedFields').find(
    (entry) => entry['manager'] === FIELD_MANAGER && entry['operation'] === 'Apply' && !entry['subresource'],
  )
  return own && objectField(own, 'fieldsV1')
}

/** Whether it is an object of this stack that deploying has made, or has taken over: nothing else is ever deleted. */
export function isOfStack({ labels, raw }: LiveObject, stack: string): boolean {
  return labels[STACK] === stack && ownedFields(raw) !== undefined
}

/** The service that an object belongs to; undefined for what belongs to the whole stack. */
export function serviceOf({ labels }: LiveObject): string | undefined {
  return labels[SERVICE]
}

function textsOf(fields: Fields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  )
}
