import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isRemade, isUnchanged, ours } from './compare.ts'
import { isOfStack, readLive } from './live-object.ts'
import { ownedView, sameJson } from './owned-view.ts'

const CONTAINERS = [
  { name: 'web', image: 'web:1', imagePullPolicy: 'Always' },
  { name: 'injected', image: 'mesh:1' },
]

it('keeps the fields, the items of lists and the values that a set names, in their order', () => {
  const value = {
    replicas: 2,
    paused: false,
    containers: CONTAINERS,
    finalizers: ['theirs', 'ours'],
    selector: { app: 'web', other: 'x' },
    empty: {},
  }
  const owned = {
    'f:replicas': {},
    'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:name': {}, 'f:image': {} } },
    'f:finalizers': { 'v:"ours"': {} },
    'f:selector': {},
    'f:empty': { '.': {} },
    'f:gone': {},
  }
  expect(ownedView(value, owned)).toEqual({
    replicas: 2,
    containers: [{ name: 'web', image: 'web:1' }],
    finalizers: ['ours'],
    selector: { app: 'web', other: 'x' },
    empty: {},
  })
})

it('tells items of lists apart by all of their keys, and by their place', () => {
  const ports = [
    { port: 53, protocol: 'TCP', nodePort: 1 },
    { port: 53, protocol: 'UDP', nodePort: 2 },
  ]
  expect(ownedView(ports, { 'k:{"port":53,"protocol":"UDP"}': { 'f:port': {} } })).toEqual([{ port: 53 }])
  expect(ownedView(['a', 'b'], { 'i:1': {} })).toEqual(['b'])
  expect(ownedView(['a'], { 'k:no json': {} })).toEqual([])
})

it('has nothing that was not there', () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(1, 'x', null, true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { noNullPrototype: true }),
    ),
  }))
  const names = fc.constantFrom('f:a', 'f:b', '.', 'i:0', 'v:1', 'k:{"a":1}')
  const { set } = fc.letrec<{ set: Record<string, unknown> }>((tie) => ({
    set: fc.oneof(
      { maxDepth: 3 },
      fc.constant({}),
      fc.dictionary(names, tie('set'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }))
  fc.assert(
    fc.property(value, set, (whole, owned) => {
      expect(isPart(ownedView(whole, owned), whole)).toBe(true)
    }),
  )
})

function isPart(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part))
    return Array.isArray(whole) && part.every((one) => whole.some((item) => isPart(one, item)))
  if (typeof part !== 'object' || part === null) return sameJson(part, whole)
  const there = new Map(Object.entries(Object(whole)))
  return Object.entries(part).every(([key, inner]) => there.has(key) && isPart(inner, there.get(key)))
}

const managed = (fieldsV1: object, manager = 'homeport-stack', more: object = {}) => ({
  managedFields: [{ manager, operation: 'Apply', fieldsV1, ...more }],
})

it('takes an object as unchanged whatever the API server writes anew each time', () => {
  const before = {
    metadata: { name: 'a', resourceVersion: '1', generation: 1, ...managed({ 'f:data': {} }) },
    data: 1,
  }
  const after = { ...before, metadata: { ...before.metadata, resourceVersion: '2', generation: 2 } }
  expect(isUnchanged(before, after)).toBe(true)
  expect(isUnchanged(before, { ...after, data: 2 })).toBe(false)
  // Another one's field of the same value becomes ours too: from then on it goes when the stack no longer has it.
  const shared = { ...after, metadata: { ...after.metadata, ...managed({ 'f:data': {}, 'f:more': {} }) } }
  expect(isUnchanged(before, shared)).toBe(false)
})

it('knows an object of a stack by its label and its manager', () => {
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
  const live = (labels: object, fields: object) =>
    readLive(kind, { metadata: { name: 'a', labels, ...fields } })
  const label = { 'homeport.dev/stack': 'shop' }
  expect(isOfStack(live(label, managed({})), 'shop')).toBe(true)
  expect(isOfStack(live(label, managed({})), 'other')).toBe(false)
  expect(isOfStack(live({}, managed({})), 'shop')).toBe(false)
  expect(isOfStack(live(label, managed({}, 'kubectl')), 'shop')).toBe(false)
  expect(isOfStack(live(label, managed({}, 'homeport-stack', { subresource: 'status' })), 'shop')).toBe(false)
})

it('shows an object by its name and what is ours of it', () => {
  const metadata = { name: 'a', namespace: 'n', uid: 'u', labels: { ours: '1', theirs: '2' } }
  const raw = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...metadata,
      ...managed({ 'f:metadata': { 'f:labels': { 'f:ours': {} } }, 'f:data': { 'f:x': {} } }),
    },
    data: { x: '1', y: '2' },
  }
  expect(ours(raw)).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'n', labels: { ours: '1' } },
    data: { x: '1' },
  })
})

it('makes a Service anew that gets or loses an address of its own, and nothing else', () => {
  const service = (spec: object) => ({ kind: 'Service', spec })
  expect(isRemade(service({ clusterIP: '10.0.0.1' }), service({ clusterIP: 'None' }))).toBe(true)
  expect(isRemade(service({ clusterIP: 'None' }), service({}))).toBe(true)
  expect(isRemade(service({ clusterIP: '10.0.0.1' }), service({}))).toBe(false)
  expect(isRemade({ spec: { clusterIP: 'None' } }, { kind: 'Deployment' })).toBe(false)
})
