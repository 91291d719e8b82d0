import {
  type Fields,
  fieldsOf,
  nameField,
  objectField,
  objectsField,
} from '../../../core/kubernetes/fields.ts'
import type { KubernetesObject } from '../objects/object.ts'

/** Something that objects of a stack name, and that the stack does not make: it has to be in the cluster. */
export interface Need {
  readonly kind: 'Secret' | 'ConfigMap' | 'PersistentVolumeClaim' | 'ServiceAccount'
  readonly name: string
  /** Which entries of it are used; none where it is used as a whole. */
  readonly keys: readonly string[]
  /** The workload that names it. */
  readonly user: string
}

/** All that the pods of a stack need beside what the stack makes. */
export function needs(objects: readonly KubernetesObject[]): Need[] {
  const made = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`))
  const found = new Map<string, Need>()
  for (const need of objects.flatMap(namedBy)) {
    const key = `${need.kind}/${need.name}`
    if (made.has(key)) continue
    const before = found.get(key)
    const keys = [...new Set([...(before?.keys ?? []), ...need.keys])]
    found.set(key, { ...(before ?? need), keys })
  }
  return [...found.values()]
}

function namedBy({ kind, metadata, spec }: KubernetesObject): Need[] {
  const pod = objectField(objectField(fieldsOf(spec), 'template'), 'spec')
  const user = `${kind}/${metadata.name}`
  const need = (of: Need['kind'], name: string | undefined, keys: readonly (string | undefined)[] = []) =>
    name === undefined ? [] : [{ kind: of, name, keys: keys.filter((key) => key !== undefined), user }]
  const containers = ['initContainers', 'containers'].flatMap((list) => objectsField(pod, list))
  return [
    ...need('ServiceAccount', nameField(pod, 'serviceAccountName')),
    ...objectsField(pod, 'imagePullSecrets').flatMap((one) => need('Secret', nameField(one, 'name'))),
    ...objectsField(pod, 'volumes').flatMap((volume) => {
      const [secret, config] = [objectField(volume, 'secret'), objectField(volume, 'configMap')]
      const claim = objectField(volume, 'persistentVolumeClaim')
      return [
        ...need('Secret', nameField(secret, 'secretName'), itemKeys(secret)),
        ...need('ConfigMap', nameField(config, 'name'), itemKeys(config)),
        ...need('PersistentVolumeClaim', nameField(claim, 'claimName')),
      ]
    }),
    ...containers
      .flatMap((container) => objectsField(container, 'env'))
      .map((variable) => objectField(variable, 'valueFrom'))
      .flatMap((from) => {
        const [secret, config] = [objectField(from, 'secretKeyRef'), objectField(from, 'configMapKeyRef')]
        return [
          ...need('Secret', nameField(secret, 'name'), [nameField(secret, 'key')]),
          ...need('ConfigMap', nameField(config, 'name'), [nameField(config, 'key')]),
        ]
      }),
  ]
}

function itemKeys(source: Fields): (string | undefined)[] {
  return objectsField(source, 'items').map((item) => nameField(item, 'key'))
}

const MIDDLEWARES = 'traefik.ingress.kubernetes.io/router.middlewares'

/** A middleware of Traefik that a route is served through, by the places where it may be: one of them has to have it. */
export interface MiddlewareNeed {
  readonly text: string
  readonly places: readonly { readonly namespace: string; readonly name: string }[]
}

/** The middlewares that the routes of a stack name, and that the stack does not make. */
export function middlewareNeeds(objects: readonly KubernetesObject[]): MiddlewareNeed[] {
  const made = new Set(
    objects
      .filter(({ kind }) => kind === 'Middleware')
      .map(({ metadata }) => `${metadata.namespace}-${metadata.name}`),
  )
  const named = objects.flatMap(middlewaresOf).filter(({ text }) => !made.has(text))
  return [...new Map(named.map((one) => [one.text, one])).values()]
}

function middlewaresOf({ kind, metadata, spec }: KubernetesObject): MiddlewareNeed[] {
  if (kind === 'Ingress') {
    const words = (metadata.annotations?.[MIDDLEWARES] ?? '').split(',')
    return words.filter((word) => word.endsWith('@kubernetescrd')).map((word) => split(word.slice(0, -14)))
  }
  if (kind !== 'IngressRoute') return []
  return objectsField(fieldsOf(spec), 'routes')
    .flatMap((route) => objectsField(route, 'middlewares'))
    .flatMap((one) => {
      const name = nameField(one, 'name')
      const namespace = nameField(one, 'namespace') ?? metadata.namespace
      if (name === undefined || namespace === undefined) return []
      return [{ text: `${namespace}-${name}`, places: [{ namespace, name }] }]
    })
}

/** In `NAMESPACE-NAME` any of the hyphens may be the one between the two. */
function split(text: string): MiddlewareNeed {
  const parts = text.split('-')
  const places = parts.slice(1).map((_, index) => ({
    namespace: parts.slice(0, index + 1).join('-'),
    name: parts.slice(index + 1).join('-'),
  }))
  return { text, places }
}
