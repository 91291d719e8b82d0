import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { allot, holdersByStatus } from '../../src/core/kubernetes/allot.ts'
import { nodePool } from '../../src/core/kubernetes/node-pool.ts'
import { readNode } from '../../src/core/kubernetes/read-node.ts'
import { readService } from '../../src/core/kubernetes/read-service.ts'
import { readSlice } from '../../src/core/kubernetes/read-slice.ts'
import { serviceClaims } from '../../src/core/kubernetes/service-claims.ts'
import { isOurs } from '../../src/core/kubernetes/service-class.ts'
import { clusterRules } from '../../src/testing/cluster.ts'

const FOLDER = join(import.meta.dirname, 'service-claims')
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

/** Between the cluster's objects and what comes of them. */
const LINE = '\n----\n'

/**
 * What one edge, `fra`, is to serve, and what the users of the Services are to know. The cases' nodes are asked for kube-proxy's
 * health, and three take a Service's connections.
 */
function outcome(input: string): unknown {
  const objects: unknown[] = parseAllDocuments(input).map((document) => document.toJS())
  const rules = { ...clusterRules, kubeProxyHealth: true }
  const services = objects.filter(isKind('Service')).flatMap((raw) => readService(raw) ?? [])
  const slices = objects.filter(isKind('EndpointSlice')).flatMap((raw) => readSlice(raw) ?? [])
  const pool = nodePool(
    objects.filter(isKind('Node')).flatMap((raw) => readNode(raw) ?? []),
    rules,
  )
  const wanted = services
    .filter((service) => isOurs(service, rules))
    .map((service) => {
      const own = slices.filter((slice) => slice.service === service.key)
      return { service, ...serviceClaims(service, own, pool, rules) }
    })
  const { claims, conflicts } = allot(
    wanted,
    holdersByStatus(wanted, rules.edges[0] ?? { name: '', addresses: [] }),
  )
  const problems = wanted.flatMap(({ service, problems: found }) => [
    ...found.map(({ code, message }) => `${service.key}: ${code}: ${message}`),
    ...(conflicts.get(service.key) ?? []).flatMap(({ fate }) =>
      fate.state === 'refused' ? [`${service.key}: ${fate.code}: ${fate.detail}`] : [],
    ),
  ])
  return { claims, problems }
}

function isKind(kind: string) {
  return (raw: unknown) => typeof raw === 'object' && raw !== null && 'kind' in raw && raw.kind === kind
}

it('has cases', () => {
  expect(files.length).toBeGreaterThan(5)
})

it.each(files)('%s', (name) => {
  const [input = '', expected = ''] = readFileSync(join(FOLDER, name), 'utf8').split(LINE)
  expect(outcome(input)).toEqual(parse(expected))
})
