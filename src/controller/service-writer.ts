import type { ServiceObject } from '../core/kubernetes/objects.ts'
import type { EventDraft } from '../core/kubernetes/service-events.ts'
import type { ServiceStatus } from '../core/kubernetes/service-status.ts'

/**
 * Cloud providers' controllers use the same one (KEP-980, `service.kubernetes.io/load-balancer-cleanup`): the Service stays
 * until its ports are closed.
 */
export const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'

/**
 * What the controller writes into the cluster, until the signal says that it leads no longer. A Service that is gone
 * meanwhile is no fault; anything else is thrown.
 */
export interface ServiceWriter {
  addFinalizer(service: ServiceObject, signal: AbortSignal): Promise<void>
  /** Takes it off, whoever has put it there: a backup that was restored, a controller before this one. */
  removeFinalizer(service: ServiceObject, signal: AbortSignal): Promise<void>
  /** Wants it no longer: it stays where somebody else wants it too. */
  giveUpFinalizer(service: ServiceObject, signal: AbortSignal): Promise<void>
  /** Gives who holds the status, where somebody else has written what this would change: then nothing is written. */
  applyStatus(service: ServiceObject, status: ServiceStatus, signal: AbortSignal): Promise<string | undefined>
  /** The same, whoever holds it. */
  takeStatus(service: ServiceObject, status: ServiceStatus, signal: AbortSignal): Promise<void>
  /** Tells the Service's users. Never waits, never fails. */
  tell(service: ServiceObject, event: EventDraft): void
}
