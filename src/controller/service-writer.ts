import type { ServiceObject } from '../core/kubernetes/objects.ts'
import type { EventDraft } from '../core/kubernetes/service-events.ts'
import type { ServiceStatus } from '../core/kubernetes/service-status.ts'

/**
 * A Service stays until its ports are closed. The first is the one that every load balancer has (KEP-980), and which users look
 * for; a cloud provider's controller takes it off any Service that is deleted or is no load balancer any more, without a look
 * at its class. The second is ours alone, and is what holds.
 */
export const FINALIZERS = ['service.kubernetes.io/load-balancer-cleanup', 'homeport.dev/edge'] as const

/** Those of them that a Service has. */
export function finalizersOf({ finalizers }: Pick<ServiceObject, 'finalizers'>): string[] {
  return FINALIZERS.filter((one) => finalizers.includes(one))
}

/**
 * What the controller writes into the cluster, until the signal says that it leads no longer. A Service that is gone
 * meanwhile is no fault; anything else is thrown.
 */
export interface ServiceWriter {
  addFinalizers(service: ServiceObject, signal: AbortSignal): Promise<void>
  /** Takes them off, whoever has put them there: a backup that was restored, a controller before this one. */
  removeFinalizers(service: ServiceObject, signal: AbortSignal): Promise<void>
  /** Wants them no longer: they stay where somebody else wants them too. */
  giveUpFinalizers(service: ServiceObject, signal: AbortSignal): Promise<void>
  /** Gives who holds the status, where somebody else has written what this would change: then nothing is written. */
  applyStatus(service: ServiceObject, status: ServiceStatus, signal: AbortSignal): Promise<string | undefined>
  /** The same, whoever holds it. */
  takeStatus(service: ServiceObject, status: ServiceStatus, signal: AbortSignal): Promise<void>
  /** Tells the Service's users. Never waits, never fails. */
  tell(service: ServiceObject, event: EventDraft): void
}
