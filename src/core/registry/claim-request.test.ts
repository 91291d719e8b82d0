import { expect, it } from 'vitest'
import type { ClaimRequest } from '../../wire/claim.ts'
import { parseAddress } from '../address/address.ts'
import { allAtOnce } from '../steps.ts'
import { claimRequestOf } from './claim-request.ts'
import { readClaim } from './read-claim.ts'

const reader = { cluster: 'home', clusterUid: 'one', caller: parseAddress('203.0.113.7'), maxFaults: 3 }

function read(request: ClaimRequest) {
  const reading = allAtOnce(readClaim(request, 0, reader))
  if (!('claim' in reading)) throw new Error(reading.faults.join())
  return reading.claim
}

it.each<ClaimRequest>([
  { owner: 'mqtt/mosquitto', port: 8443, backends: [{ port: 30843 }] },
  { owner: 'web/nginx', port: 443, backends: [] },
  {
    owner: 'web/nginx',
    port: 53,
    protocol: 'udp',
    backends: [{ address: '2001:DB8::1', port: 30053 }],
    check: { type: 'none' },
    affinity: 'client-ip',
    allow: ['192.0.2.0/24', '2001:db8::/32'],
  },
  {
    owner: 'web/nginx',
    port: 443,
    backends: [
      { address: '10.0.0.2', port: 30443 },
      { address: '10.0.0.1', port: 30443 },
    ],
    proxyProtocol: 'v2',
    check: { type: 'http', path: '/healthz', port: 10256 },
    allow: [],
  },
])('is the same claim again: $owner $port $protocol', (request) => {
  const claim = read(request)
  expect(read(claimRequestOf(claim))).toEqual(claim)
})

it('names the address that was left out, which another caller would not mean', () => {
  const claim = read({ owner: 'mqtt/mosquitto', port: 8443, backends: [{ port: 30843 }] })
  expect(claimRequestOf(claim).backends).toEqual([{ address: '203.0.113.7', port: 30843 }])
})
