import type { ClaimRequest } from '../../wire/claim.ts'
import { CHECK, PROXY_PROTOCOL } from '../annotation-names.ts'
import type { Wishes } from './annotations.ts'
import type { ServiceObject, ServicePort } from './objects.ts'
import type { Frontend } from './ports-annotation.ts'

/** What a Service has asked for in its annotations when they could be read: it counts while they cannot. */
export interface Asked {
  readonly wishes: Wishes
  /** Names of edges. */
  readonly edges: readonly string[]
}

/** The wishes of before, for the ports that the Service has now: a node port that it gave up may be another's. */
export function stillMeant({ ports }: ServiceObject, wishes: Wishes): Wishes {
  const frontends = wishes.frontends.flatMap(({ port, target }): Frontend[] => {
    const now =
      ports.find((one) => one.name !== undefined && sameName(one, target)) ??
      ports.find((one) => sameNumber(one, target))
    return now ? [{ port, target: now }] : []
  })
  return { ...wishes, frontends }
}

function sameName(a: ServicePort, b: ServicePort): boolean {
  return a.name === b.name && a.protocol === b.protocol
}

function sameNumber(a: ServicePort, b: ServicePort): boolean {
  return a.port === b.port && a.protocol === b.protocol
}

/**
 * The wishes behind the claims that an edge holds, which a leader before this one has made. Where no annotation asks for a check,
 * theirs is what followed from the Service and the nodes of then, and is found anew from those of now.
 */
export function wishesBehind(
  { ports, annotations }: Pick<ServiceObject, 'ports' | 'annotations'>,
  claims: readonly ClaimRequest[],
): Wishes {
  const asks = (name: string) => annotations[name] !== undefined
  const [first] = claims
  const { proxyProtocol } = claims.find((one) => one.proxyProtocol !== undefined) ?? {}
  return {
    ...(asks(PROXY_PROTOCOL) && proxyProtocol && { proxyProtocol }),
    ...(asks(CHECK) && first?.check && { check: first.check }),
    ...(first?.allow && { allow: first.allow }),
    frontends: claims.flatMap(({ port, backends: [backend] }): Frontend[] => {
      const target = ports.find(({ nodePort }) => nodePort !== undefined && nodePort === backend?.port)
      return target ? [{ port, target }] : []
    }),
  }
}
