import { parseAllDocuments } from 'yaml'
import type { ApiServer, AuditEvent } from './api-server.ts'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

interface Role {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules: readonly Rule[]
}

/** One thing that a role of a manifest lets its holder do. */
export interface Right {
  readonly verb: string
  readonly group: string
  /** `services`, `services/status`. */
  readonly resource: string
  /** Missing where it is about objects of any name. */
  readonly name?: string
  /** Missing where it is about all namespaces. */
  readonly namespace?: string
  readonly role: Role
}

/** Every right that the roles of a manifest give. */
export function rightsIn(manifest: string): Right[] {
  const roles = parseAllDocuments(manifest)
    .map((document): Role => document.toJS())
    .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
  return roles.flatMap((role) => role.rules.flatMap((rule) => rightsOf(role, rule)))
}

/** `patch services/status in mqtt`, for the names of tests. */
export function titleOf({ verb, resource, namespace = 'all namespaces' }: Right): string {
  return `${verb} ${resource} in ${namespace}`
}

/** Takes one right away; the function it gives puts it back. */
export async function withdraw(api: ApiServer, right: Right): Promise<() => Promise<void>> {
  const { role } = right
  const rules = role.rules.map((rule) => {
    const isIts = rightsOf(role, rule).some((one) => isSame(one, right))
    return isIts ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== right.verb) } : rule
  })
  await api.client.replace(pathOf(role), { ...role, rules: rules.filter(({ verbs }) => verbs.length > 0) })
  return async () => void (await api.client.replace(pathOf(role), role))
}

/** Whether the API server lets `user`, a service account, do it. */
export async function isAllowed(api: ApiServer, user: string, right: Right): Promise<boolean> {
  const [resource, subresource] = right.resource.split('/')
  const { verb, group, namespace, name } = right
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes: { verb, group, namespace, name, resource, subresource } },
  }
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews'
  const { status } = await api.client.create<{ status: { allowed: boolean } }>(path, review)
  return status.allowed
}

/** Whether a call that was made needed the right. */
export function isUse({ verb, objectRef }: AuditEvent, right: Right): boolean {
  if (verb !== right.verb || !objectRef) return false
  const { resource, subresource, apiGroup = '', namespace, name } = objectRef
  return (
    apiGroup === right.group &&
    (subresource === undefined ? resource : `${resource}/${subresource}`) === right.resource &&
    (right.namespace === undefined || namespace === right.namespace) &&
    (right.name === undefined || name === right.name)
  )
}

function rightsOf(role: Role, { apiGroups, resources, resourceNames, verbs }: Rule): Right[] {
  const { namespace } = role.metadata
  const names: readonly (string | undefined)[] = resourceNames ?? [undefined]
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      names.flatMap((name) =>
        verbs.map((verb) => ({
          ...{ verb, group, resource, role },
          ...(name !== undefined && { name }),
          ...(namespace !== undefined && { namespace }),
        })),
      ),
    ),
  )
}

function isSame(one: Right, other: Right): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function pathOf({ kind, metadata: { namespace, name } }: Role): string {
  const group = '/apis/rbac.authorization.k8s.io/v1'
  return kind === 'ClusterRole'
    ? `${group}/clusterroles/${name}`
    : `${group}/namespaces/${namespace}/roles/${name}`
}
