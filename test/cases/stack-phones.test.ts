import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { readSettings } from '../../src/agent/read-settings.ts'
import { readStack } from '../../src/core/stack/model/read-stack.ts'
import { fakeToken } from '../../src/testing/fake-edge.ts'
import { caseInput, LINE } from '../../src/testing/stack-case.ts'

const OPTIONS =
  '# options: {"phone": {"kind": "sidecar", "image": "agent:1", "edges": "https://203.0.113.5:9443", "tokenSecret": "homeport", "cluster": "home"}}\n'

/** The settings of the agents that a case has, as the agent itself reads them. */
function settingsOf(input: string) {
  return readStack(caseInput(input)).services.flatMap(({ phone }) =>
    phone
      ? [
          readSettings([], phone.environment, {
            hostname: 'dns-0',
            readFile: () => fakeToken('f'.repeat(43)),
          }),
        ]
      : [],
  )
}

describe('the environment of an agent beside a service', () => {
  it('is what the agent reads', () => {
    const file = join(import.meta.dirname, 'stack-objects/phone-sidecar.txt')
    const [dns] = settingsOf(readFileSync(file, 'utf8').split(LINE)[0] ?? '')
    expect(dns).toMatchObject({
      owner: 'demo/dns',
      cluster: 'home',
      proxyProtocol: 'v2',
      allow: ['192.0.2.0/24'],
      readyPort: 8100,
    })
    expect(dns?.claims).toContainEqual({ port: 53, protocol: 'udp', backendPort: 30_053 })
  })

  it('has every published port once, each at a node port of its own', () => {
    const port = fc.record({
      published: fc.integer({ min: 1, max: 65_535 }),
      target: fc.integer({ min: 1, max: 65_535 }),
      protocol: fc.constantFrom('tcp', 'udp'),
    })
    const ports = fc.uniqueArray(port, {
      minLength: 1,
      maxLength: 80,
      selector: ({ published, protocol }) => `${published}/${protocol}`,
    })
    fc.assert(
      fc.property(ports, (published) => {
        const [settings] = settingsOf(
          `${OPTIONS}${stringify({ services: { web: { image: 'web:1', ports: published } } })}`,
        )
        const claims = settings?.claims ?? []
        const key = (protocol: string, number: number) => `${protocol}/${number}`
        expect(claims.map((claim) => key(claim.protocol, claim.port)).toSorted()).toEqual(
          published.map((one) => key(one.protocol, one.published)).toSorted(),
        )
        const nodePorts = claims.map((claim) => key(claim.protocol, claim.backendPort))
        expect(new Set(nodePorts).size).toBe(nodePorts.length)
        expect(claims.every(({ backendPort }) => 30_000 <= backendPort && backendPort <= 32_767)).toBe(true)
      }),
    )
  })

  it('is refused where there are more of them than node ports', () => {
    const ports = Array.from({ length: 3_000 }, (_, index) => ({ target: index + 1, published: index + 1 }))
    const { findings } = readStack(caseInput(stringify({ services: { rtp: { image: 'rtp:1', ports } } })))
    expect(findings).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        path: ['services', 'rtp', 'ports'],
        detail: expect.stringContaining('a cluster has 2768'),
      }),
    )
  })
})
