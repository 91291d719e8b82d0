import { EDGE_CLASS, EDGES, PORTS } from '../annotation-names.ts'
import type { ControllerRules } from './controller-rules.ts'
import type { ServiceObject } from './objects.ts'
import { listed, type Problem, quoted } from './problem.ts'

/** The class of a Service that one edge alone serves has the edge's name behind this. */
const ONE_EDGE_CLASS = 'homeport.dev/edge-'

/**
 * `spec.loadBalancerClass` of a Service that nobody serves: with externalTrafficPolicy `Local` it has a node port at which
 * kube-proxy itself answers on every node, endpoints or not.
 */
const NODE_HEALTH_CLASS = 'homeport.dev/node-health'

/** The node port at which a connection tells that a node lives, where this Service is there for that. */
export function nodeHealthPort(service: ServiceObject | undefined): number | undefined {
  return service?.loadBalancerClass === NODE_HEALTH_CLASS && !service.deleting
    ? service.healthCheckNodePort
    : undefined
}

/**
 * Whether a Service is served here. Of type LoadBalancer: by its class, which is that of all edges or of one that
 * this controller has (another controller may have another), or without one where the settings say so; the load balancers of
 * others are left to them whatever their annotations say. Of any other type: by the annotation
 * `homeport.dev/ports`. A Service that has node ports needs type NodePort for that; one of another type is ours too, so
 * that its user is told what is missing.
 */
export function isOurs(
  service: ServiceObject,
  rules: Pick<ControllerRules, 'defaultClass' | 'edges'>,
): boolean {
  if (service.type !== 'LoadBalancer') return service.annotations[PORTS] !== undefined
  const { loadBalancerClass } = service
  if (loadBalancerClass === undefined) return rules.defaultClass
  return (
    loadBalancerClass === EDGE_CLASS ||
    rules.edges.some(({ name }) => loadBalancerClass === `${ONE_EDGE_CLASS}${name}`)
  )
}

/**
 * What is to be told of a Service whose class names an edge that this controller does not have; undefined where another controller
 * has said something of it.
 */
export function strayMessage(
  service: ServiceObject,
  rules: Pick<ControllerRules, 'defaultClass' | 'edges'>,
): string | undefined {
  const { type, loadBalancerClass = '', deleting, status } = service
  if (type !== 'LoadBalancer' || deleting || !loadBalancerClass.startsWith(ONE_EDGE_CLASS)) return undefined
  if (isOurs(service, rules) || status.conditions.length > 0) return undefined
  return `The class ${quoted(loadBalancerClass)} names no edge of this controller, which has ${listed(rules.edges.map(({ name }) => name))}, and no other controller has taken the Service. A class cannot be changed: make the Service anew.`
}

export interface EdgeChoice {
  /** Names, in the order of the settings. */
  readonly edges: readonly string[]
  readonly problems: readonly Problem[]
  /** The annotation names what is not there: what it meant is not known. */
  readonly unreadable: boolean
}

/** The edges that serve a Service: those of its class, or of these the ones that `homeport.dev/edges` picks. */
export function edgesOf(service: ServiceObject, rules: Pick<ControllerRules, 'edges'>): EdgeChoice {
  const all = rules.edges.map(({ name }) => name)
  const ofClass = edgesOfClass(service.loadBalancerClass, all)
  const text = service.annotations[EDGES]
  return text === undefined ? { edges: ofClass, problems: [], unreadable: false } : pick(text, ofClass)
}

function edgesOfClass(loadBalancerClass: string | undefined, all: readonly string[]): readonly string[] {
  if (!loadBalancerClass?.startsWith(ONE_EDGE_CLASS)) return all
  const name = loadBalancerClass.slice(ONE_EDGE_CLASS.length)
  return all.filter((one) => one === name)
}

function pick(text: string, choice: readonly string[]): EdgeChoice {
  const names = text.split(/[\s,]+/).filter((name) => name !== '')
  const wanted = new Set(names)
  const edges = choice.filter((name) => wanted.has(name))
  const known = new Set(choice)
  const unknown = [...wanted].filter((name) => !known.has(name))
  const problems: Problem[] = []
  if (wanted.size === 0) {
    const message = `${EDGES} is ${quoted(text)}: name the edges, like ${quoted(choice.join(','))}, or leave it out for all`
    problems.push({ code: 'annotation-invalid', message, ports: [] })
  }
  if (unknown.length > 0) {
    const message = `${EDGES} names ${listed(unknown.map(quoted))}: this Service may have ${listed(choice)}`
    problems.push({ code: 'edge-unknown', message, ports: [] })
  }
  return { edges, problems, unreadable: problems.length > 0 }
}
