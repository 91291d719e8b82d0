import { fieldsOf, objectField, textField } from '../../../core/kubernetes/fields.ts'

/** Something that a part of the cluster said about an object. */
export interface ClusterEvent {
  /** Of the object that it is about. */
  readonly uid: string
  readonly isWarning: boolean
  readonly reason: string
  readonly message: string
  /** When it was last said: milliseconds since 1970. */
  readonly time: number
}

/** @param parseTime milliseconds since 1970 of a time of Kubernetes; NaN for anything else */
export function readEvent(raw: unknown, parseTime: (text: string) => number): ClusterEvent {
  const event = fieldsOf(raw)
  const text = (name: string) => textField(event, name) ?? ''
  const series = textField(objectField(event, 'series'), 'lastObservedTime')
  const times = [series, text('lastTimestamp'), text('eventTime'), text('firstTimestamp')]
  const time = times.map((one) => parseTime(one ?? '')).find((one) => !Number.isNaN(one))
  return {
    uid: textField(objectField(event, 'involvedObject'), 'uid') ?? '',
    isWarning: text('type') === 'Warning',
    reason: text('reason'),
    message: text('message'),
    time: time ?? 0,
  }
}

/** The last of what was said. */
export function newest(events: readonly ClusterEvent[]): ClusterEvent | undefined {
  return events.reduce<ClusterEvent | undefined>(
    (latest, event) => (latest === undefined || event.time >= latest.time ? event : latest),
    undefined,
  )
}
