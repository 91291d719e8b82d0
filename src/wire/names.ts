import Type from 'typebox'

/** A DNS-1123 label, as Kubernetes names namespaces and Services. */
export const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'

/** A DNS-1123 subdomain, as Kubernetes names pods (at most 253 characters). */
export const SUBDOMAIN = '[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?'

export const ClusterName = Type.String({
  pattern: `^${LABEL}$`,
  description: 'The cluster: a DNS label of at most 63 characters.',
})

export const PhoneName = Type.String({
  pattern: `^${SUBDOMAIN}$`,
  description: "Who calls, within its cluster: a pod's name, say.",
})

export const OwnerName = Type.String({
  pattern: `^${LABEL}/${SUBDOMAIN}$`,
  description: 'namespace/name: who the frontend port belongs to, within its cluster.',
})

export const PortNumber = Type.Integer({ minimum: 1, maximum: 65535 })

export const ProtocolName = Type.Union([Type.Literal('tcp'), Type.Literal('udp')])
export type Protocol = Type.Static<typeof ProtocolName>
