import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LINE, renderCase } from '../../../testing/stack-case.ts'
import type { KubernetesObject } from '../objects/object.ts'
import { FIELD_MANAGER, type LiveObject, readLive } from './live-object.ts'
import { middlewareNeeds, needs } from './needs.ts'
import { clusterCollectionPath, collectionPath, STACK_KINDS } from './stack-kinds.ts'
import { surplus } from './surplus.ts'

const CASES = join(import.meta.dirname, '../../../../test/cases/stack-objects')
const cases = readdirSync(CASES).map((name) => readFileSync(join(CASES, name), 'utf8').split(LINE)[0] ?? '')

interface Options {
  readonly service?: string
  readonly stack?: string
  readonly manager?: string
  readonly isEnding?: boolean
}

function live(kind: string, name: string, options: Options = {}): LiveObject {
  const { service, stack = 'shop', manager = FIELD_MANAGER, isEnding } = options
  const metadata = {
    name,
    labels: { 'homeport.dev/stack': stack, ...(service && { 'homeport.dev/service': service }) },
    managedFields: [{ manager, operation: 'Apply', fieldsV1: {} }],
    ...(isEnding && { deletionTimestamp: 'now' }),
  }
  return readLive({ apiVersion: 'v1', kind }, { metadata })
}

function wanted(kind: string, name: string, service?: string): KubernetesObject {
  const labels = { 'homeport.dev/stack': 'shop', ...(service && { 'homeport.dev/service': service }) }
  return { apiVersion: 'v1', kind, metadata: { name, labels } }
}

const names = (objects: readonly LiveObject[]) => objects.map(({ kind, name }) => `${kind}/${name}`)

it('is what was deployed and is no longer wanted: workloads that are replaced, volumes, and the rest', () => {
  const found = surplus(
    [
      live('Deployment', 'web', { service: 'web' }),
      live('Deployment', 'db', { service: 'db' }),
      live('Job', 'migrate-1', { service: 'migrate' }),
      live('Secret', 'old'),
      live('PersistentVolumeClaim', 'data'),
      live('PersistentVolume', 'shop-data'),
      live('Service', 'web', { service: 'web' }),
    ],
    [
      wanted('Deployment', 'web', 'web'),
      wanted('Service', 'web', 'web'),
      wanted('Job', 'migrate-2', 'migrate'),
    ],
    'shop',
  )
  expect(names(found.replaced)).toEqual(['Job/migrate-1'])
  expect(names(found.prunable)).toEqual(['Deployment/db', 'Secret/old'])
  expect(names(found.volumes)).toEqual(['PersistentVolumeClaim/data', 'PersistentVolume/shop-data'])
})

const object = fc.record({
  kind: fc.constantFrom('Deployment', 'Job', 'Secret', 'PersistentVolumeClaim', 'Namespace', 'Service'),
  name: fc.constantFrom('a', 'b', 'c'),
  service: fc.constantFrom('a', 'b'),
  stack: fc.constantFrom('shop', 'other'),
  manager: fc.constantFrom(FIELD_MANAGER, 'kubectl'),
  isEnding: fc.boolean(),
})

it('has never what is wanted, what is of others, what is ending already, or the namespace', () => {
  fc.assert(
    fc.property(fc.array(object), fc.array(object), (there, asked) => {
      const wants = asked.map(({ kind, name, service }) => wanted(kind, name, service))
      const { replaced, prunable, volumes } = surplus(
        there.map(({ kind, name, ...options }) => live(kind, name, options)),
        wants,
        'shop',
      )
      const all = [...replaced, ...prunable, ...volumes]
      for (const one of all) {
        expect(wants.some(({ kind, metadata }) => kind === one.kind && metadata.name === one.name)).toBe(
          false,
        )
        expect(one.kind).not.toBe('Namespace')
        expect(one.isEnding).toBe(false)
        expect(one.labels['homeport.dev/stack']).toBe('shop')
        expect(JSON.stringify(one.raw)).toContain(FIELD_MANAGER)
      }
      expect([...replaced, ...prunable].filter(({ kind }) => kind.startsWith('PersistentVolume'))).toEqual([])
      expect(volumes.every(({ kind }) => kind.startsWith('PersistentVolume'))).toBe(true)
    }),
  )
})

it('is looked for among all kinds that stacks are made of', () => {
  const known = new Set(STACK_KINDS.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`))
  const made = cases.flatMap((input) => renderCase(input).objects)
  expect(made.length).toBeGreaterThan(100)
  expect(
    made.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`).filter((kind) => !known.has(kind)),
  ).toEqual([])
})

it('is looked for where the API server has it', () => {
  const deployments = { apiVersion: 'apps/v1', kind: 'Deployment' }
  expect(collectionPath(deployments, 'shop')).toBe('/apis/apps/v1/namespaces/shop/deployments')
  expect(clusterCollectionPath(deployments)).toBe('/apis/apps/v1/deployments')
  expect(collectionPath({ apiVersion: 'v1', kind: 'PersistentVolume' }, 'shop')).toBe(
    '/api/v1/persistentvolumes',
  )
})

it('stacks need what is external, with its keys, and the middlewares that they do not make', () => {
  const { objects } = renderCase(`
services:
  web:
    image: web
    secrets: [{source: key, target: /k}]
    configs: [{source: mine, target: /m}]
    volumes: [{type: volume, source: data, target: /data}]
    labels: {homeport.dev/host: a.example.com, homeport.dev/port: "80", homeport.dev/service-account: robot}
secrets: {key: {external: true}}
configs: {mine: {file: /stack/mine}}
volumes: {data: {external: true}}
# file /stack/mine: text
`)
  expect(needs(objects)).toEqual([
    { kind: 'ServiceAccount', name: 'robot', keys: [], user: 'Deployment/web' },
    { kind: 'PersistentVolumeClaim', name: 'data', keys: [], user: 'Deployment/web' },
    { kind: 'Secret', name: 'key', keys: ['key'], user: 'Deployment/web' },
  ])
  expect(middlewareNeeds(objects)).toEqual([
    { text: 'homeport-oauth', places: [{ namespace: 'homeport', name: 'oauth' }] },
  ])
})
