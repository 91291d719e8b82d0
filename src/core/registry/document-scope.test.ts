import { expect, it } from 'vitest'
import type { Claim } from './document.ts'
import { documentBeyond } from './document-scope.ts'

const claim: Claim = {
  index: 0,
  owner: 'home/mqtt/mosquitto',
  port: 8443,
  protocol: 'tcp',
  backends: [{ address: '192.0.2.7', port: 30843, proxyProtocol: 'off' }],
  check: { type: 'tcp' },
}
const admin = { role: 'admin' as const }

it.each([
  [{}, undefined],
  [{ clusters: ['home'], namespaces: ['mqtt'], ports: ['8443'], backends: ['192.0.2.0/24'] }, undefined],
  [{ namespaces: ['web'] }, 'namespace mqtt is not in web'],
  [{ ports: ['1-99'] }, 'port 8443 is not in 1-99'],
  [{ backends: ['10.0.0.0/8'] }, 'backend 192.0.2.7 is not in 10.0.0.0/8'],
])('a document is opened by %j, or lacks: %s', (limits, lack) => {
  expect(documentBeyond({ ...admin, ...limits }, { cluster: 'home', claims: [claim] })).toBe(lack)
})

it('a document without claims is of its cluster all the same', () => {
  const empty = { cluster: 'home', claims: [] }
  expect(documentBeyond({ ...admin, clusters: ['home'] }, empty)).toBeUndefined()
  expect(documentBeyond({ ...admin, clusters: ['away'] }, empty)).toBe('cluster home is not in away')
})
