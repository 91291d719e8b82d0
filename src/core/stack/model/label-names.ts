import type { CanonicalService } from '../canonical.ts'

/** What a stack's author says to Homeport, in the labels of a service. */
export const HOST = 'homeport.dev/host'
export const PORT = 'homeport.dev/port'
export const AUTH = 'homeport.dev/auth'
export const HOST_PATHS = 'homeport.dev/host-paths'
export const ESCALATION = 'homeport.dev/privilege-escalation'
export const ACCOUNT = 'homeport.dev/service-account'
/** In the labels of a volume. */
export const SIZE = 'homeport.dev/size'

/** The labels of the containers and of the service, which are one thing here: the service's win. */
export function labelsOf(service: CanonicalService): ReadonlyMap<string, string> {
  return new Map([...service.labels, ...service.deploy.labels])
}
