import type { Check, ProxyProtocol } from '../../wire/claim.ts'
import { CHECK, PORTS, PROXY_PROTOCOL } from '../annotation-names.ts'
import type { ServiceObject } from './objects.ts'
import { type Frontend, readFrontends } from './ports-annotation.ts'
import { type Problem, quoted } from './problem.ts'
import { readCheck } from './read-check.ts'
import { readSourceRanges } from './source-ranges.ts'

/** What a Service's annotations (and its source ranges) ask for. What is left out is the default. */
export interface Wishes {
  readonly proxyProtocol?: ProxyProtocol
  readonly check?: Check
  /** Clients that may connect; left out for all. */
  readonly allow?: readonly string[]
  /** The frontend ports of a Service that is no load balancer. */
  readonly frontends: readonly Frontend[]
}

/** `wishes` are whole only where nothing is `unreadable`. */
export interface AnnotationReading {
  readonly wishes: Wishes
  readonly problems: readonly Problem[]
  readonly unreadable: boolean
}

/** Read everything that a Service asks for; every fault of it is told at once. */
export function readWishes(service: ServiceObject): AnnotationReading {
  const faults: string[] = []
  const proxyProtocol = readProxyProtocol(service.annotations[PROXY_PROTOCOL], faults)
  const check = readCheck(service.annotations[CHECK], faults)
  const allow = readSourceRanges(service, faults)
  const balancer = service.type === 'LoadBalancer'
  const frontends = balancer ? [] : readFrontends(service, faults)
  const notes = [...(balancer && service.annotations[PORTS] !== undefined ? [PORTS_OF_BALANCER] : [])]
  return {
    wishes: {
      ...(proxyProtocol && { proxyProtocol }),
      ...(check && { check }),
      ...(allow && { allow }),
      frontends,
    },
    problems: [...faults, ...notes].map((message) => ({ code: 'annotation-invalid', message, ports: [] })),
    unreadable: faults.length > 0,
  }
}

/** Harmless, since the Service's own ports say what it wants: told, but nothing is held up by it. */
const PORTS_OF_BALANCER = `${PORTS} is for Services of type NodePort; one of type LoadBalancer gets the ports of its spec: take the annotation off`

function readProxyProtocol(text: string | undefined, faults: string[]): ProxyProtocol | undefined {
  const word = text?.trim().toLowerCase()
  if (text === undefined || word === 'off' || word === 'v1' || word === 'v2') {
    return word === 'v1' || word === 'v2' ? word : undefined
  }
  faults.push(`${PROXY_PROTOCOL} is ${quoted(text)}: write "off", "v1" or "v2"`)
  return undefined
}
