import type { CanonicalDeploy } from '../canonical-service.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import type { NodeRequirement, Placement } from './service-model.ts'

const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'

/** Where a service may run, and how its tasks are spread. */
export function readPlacement(
  { placement, mode, replicas = 1 }: CanonicalDeploy,
  path: Path,
  findings: Findings,
): Placement {
  const at = [...path, 'deploy', 'placement']
  const nodes = placement.constraints.flatMap((text, index) =>
    readConstraint(text, [...at, 'constraints', index], findings),
  )
  const spread = placement.preferences.flatMap((preference, index) =>
    readSpread(preference.spread ?? '', [...at, 'preferences', index], findings),
  )
  const most = placement.max_replicas_per_node ?? 0
  const maxPerNode = most > 0 && mode !== 'global' && replicas > most ? most : 0
  const leastNodes = maxPerNode > 1 ? Math.ceil(replicas / maxPerNode) : 1
  if (maxPerNode > 1)
    findings.warn(
      [...at, 'max_replicas_per_node'],
      `Kubernetes cannot count pods on a node, but keeps them even: no node has more than ${maxPerNode}, and where there are fewer than ${leastNodes} nodes for them each has one`,
      `Have ${leastNodes} nodes that take its pods.`,
    )
  // A global service is on every node, and managers are nodes as others are, unless it says which it wants.
  const roles = nodes.filter(({ key }) => key === CONTROL_PLANE)
  const onControlPlane =
    roles.some(({ operator }) => operator === 'Exists') || (mode === 'global' && roles.length === 0)
  return { nodes, spread: [...new Set(spread)], maxPerNode, leastNodes, onControlPlane }
}

function readConstraint(text: string, path: Path, findings: Findings): NodeRequirement[] {
  const [, left = '', sign = '', right = ''] = /^\s*([^=!\s]+)\s*(==|!=)\s*(.*?)\s*$/.exec(text) ?? []
  const key = left.toLowerCase()
  const is = sign === '=='
  if (key === 'node.role') return readRole(right, is, path, findings)
  const label = nodeLabel(left)
  if (label === undefined || !LABEL_KEY.test(label)) {
    findings.refuse(path, `Kubernetes' nodes have nothing like ${text.trim()}`, CONSTRAINTS)
    return []
  }
  const value = label === ARCH ? (ARCHITECTURES[right] ?? right) : right
  if (!LABEL_VALUE.test(value)) {
    findings.refuse(
      path,
      `${right} cannot be the value of a label`,
      'Label the nodes with letters, digits, - _ and dots.',
    )
    return []
  }
  if (/^(node|engine)\.labels\./i.test(left))
    findings.warn(path, `nodes need the label ${label}`, `kubectl label node NODE ${label}=${value}`)
  return [{ key: label, operator: is ? 'In' : 'NotIn', values: [value] }]
}

const CONSTRAINTS =
  'Write node.role, node.hostname, node.platform.os, node.platform.arch or node.labels.NAME, then == or !=, then a value.'
const ARCH = 'kubernetes.io/arch'
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', armv7l: 'arm' }

function nodeLabel(text: string): string | undefined {
  const [, label] = /^(?:node|engine)\.labels\.(.+)$/i.exec(text) ?? []
  if (label !== undefined) return label
  const key = text.toLowerCase()
  if (key === 'node.hostname') return 'kubernetes.io/hostname'
  if (key === 'node.platform.os') return 'kubernetes.io/os'
  return key === 'node.platform.arch' ? ARCH : undefined
}

function readRole(role: string, is: boolean, path: Path, findings: Findings): NodeRequirement[] {
  if (!/^(manager|worker)$/i.test(role)) {
    findings.refuse(path, `${role} is no role of a node`, 'Write manager or worker.')
    return []
  }
  const onManager = (role.toLowerCase() === 'manager') === is
  if (onManager)
    findings.warn(
      path,
      "the nodes of Kubernetes' control plane stand for Swarm's managers; a cluster of a provider often shows none",
      'Take the constraint out where the service needs no manager: nothing in Kubernetes asks for one.',
    )
  return [{ key: CONTROL_PLANE, operator: onManager ? 'Exists' : 'DoesNotExist', values: [] }]
}

/** Over `node.id` is over the nodes themselves, which have a label of their own each: their name. */
function readSpread(text: string, path: Path, findings: Findings): string[] {
  const label = nodeLabel(/^node\.id$/i.test(text) ? 'node.hostname' : text)
  if (label !== undefined && LABEL_KEY.test(label)) return [label]
  findings.warn(
    path,
    `nothing is spread over ${text || 'nothing'}, as in Swarm, which knows labels alone`,
    'Write spread: node.labels.NAME.',
  )
  return []
}
