import { describe, expect, it } from 'vitest'
import { readWeb } from '../../../testing/stack.ts'

const ports = (entries: string) =>
  readWeb(`ports: [${entries}]`).web?.ports.map(
    ({ published, target, protocol, mode, host_ip }) =>
      `${host_ip ?? ''} ${published}:${target}/${protocol} ${mode}`,
  )

describe('ports', () => {
  it.each([
    ['80', [' 0:80/tcp ingress']],
    ['"80"', [' 0:80/tcp ingress']],
    ['"8080:80"', [' 8080:80/tcp ingress']],
    ['2222:22', [' 2222:22/tcp ingress']],
    ['"53:53/UDP"', [' 53:53/udp ingress']],
    ['"5:6/sctp"', [' 5:6/sctp ingress']],
    ['"8000-8001:80-81"', [' 8000:80/tcp ingress', ' 8001:81/tcp ingress']],
    ['"8000-8001:80"', [' 8000:80/tcp ingress', ' 8001:80/tcp ingress']],
    ['"99-100"', [' 0:100/tcp ingress', ' 0:99/tcp ingress']],
    ['"127.0.0.1:80:81"', ['127.0.0.1 80:81/tcp ingress']],
    ['"[::1]:80:81"', ['::1 80:81/tcp ingress']],
    ['":80"', [' 0:80/tcp ingress']],
    ['{target: 80, published: 8080, mode: host, protocol: udp}', [' 8080:80/udp host']],
    ['{target: 80}', [' 0:80/undefined undefined']],
  ])('%s', (entry, expected) => {
    expect(ports(entry)).toEqual(expected)
  })

  it.each([
    ['x'],
    ['"80:"'],
    ['"1-2:3-5"'],
    ['"9-8:1"'],
    ['65536'],
    ['"80/icmp"'],
    ['"300.1.1.1:80:80"'],
    ['""'],
    ['"1:2:3:4"'],
  ])('%s is refused', (entry) => {
    expect(readWeb(`ports: [${entry}]`).problems).toEqual([
      "stack.yml:3:13: error: services.web.ports.0 Does not match format 'ports'",
    ])
  })

  it('of a range are all where the range is written', () => {
    const { places } = readWeb('ports:\n  - 80\n  - "90-91:90-91"\n  - {target: 5}')
    expect([0, 1, 2, 3].map((index) => places.of(['services', 'web', 'ports', index])?.line)).toEqual([
      4, 5, 5, 6,
    ])
    expect(places.of(['services', 'web', 'ports', 3, 'target'])).toEqual({
      file: 'stack.yml',
      line: 6,
      column: 18,
    })
  })
})
