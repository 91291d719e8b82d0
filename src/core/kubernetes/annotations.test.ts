import { describe, expect, it } from 'vitest'
import { serviceObject } from '../../testing/cluster.ts'
import { readWishes } from './annotations.ts'
import type { ServiceObject } from './objects.ts'

const read = (annotations: Record<string, string>, more: Partial<ServiceObject> = {}) =>
  readWishes(serviceObject({ annotations, ...more }))

const message = (annotations: Record<string, string>, more: Partial<ServiceObject> = {}) =>
  read(annotations, more)
    .problems.map((one) => one.message)
    .join('\n')

describe('homeport.dev/proxy-protocol', () => {
  it.each([
    ['off', undefined],
    ['v1', 'v1'],
    [' V2 ', 'v2'],
  ])('%j is read', (text, proxyProtocol) => {
    const { wishes, unreadable } = read({ 'homeport.dev/proxy-protocol': text })
    expect(wishes.proxyProtocol).toBe(proxyProtocol)
    expect(unreadable).toBe(false)
  })

  it.each(['', 'on', 'v3'])('%j is told', (text) => {
    expect(message({ 'homeport.dev/proxy-protocol': text })).toContain('write "off", "v1" or "v2"')
  })
})

describe('homeport.dev/check', () => {
  it.each([
    ['tcp', { type: 'tcp' }],
    ['tcp:9000', { type: 'tcp', port: 9000 }],
    ['none', { type: 'none' }],
    ['http:/healthz?a=1', { type: 'http', path: '/healthz?a=1' }],
    ['http:30900:/', { type: 'http', path: '/', port: 30900 }],
  ])('%j is read', (text, check) => {
    expect(read({ 'homeport.dev/check': text }).wishes.check).toEqual(check)
  })

  it.each([
    '',
    'http',
    'http:healthz',
    'tcp:0',
    'tcp:70000',
    'http:/a b',
    'https:/x',
    'http:/x\nbind :22',
    'None',
  ])('%j is told', (text) => {
    expect(read({ 'homeport.dev/check': text })).toMatchObject({ unreadable: true, wishes: {} })
    expect(message({ 'homeport.dev/check': text })).toContain('write "tcp", "http:/healthz"')
  })
})

describe('the source ranges', () => {
  const OLD = 'service.beta.kubernetes.io/load-balancer-source-ranges'
  const allow = (annotations: Record<string, string>, sourceRanges: string[] = []) =>
    read(annotations, { sourceRanges }).wishes.allow

  it('are written in one form, sorted', () => {
    expect(allow({ 'homeport.dev/allow': '192.0.2.7/24, 10.0.0.1 2001:DB8::/32,10.0.0.1' })).toEqual([
      '10.0.0.1/32',
      '192.0.2.0/24',
      '2001:db8::/32',
    ])
  })

  it('are those of the first place that says any', () => {
    const own = { 'homeport.dev/allow': '10.1.0.0/16' }
    const old = { [OLD]: '10.3.0.0/16' }
    expect(allow({ ...own, ...old }, ['10.2.0.0/16'])).toEqual(['10.1.0.0/16'])
    expect(allow(old, [' 10.2.0.0/16 '])).toEqual(['10.2.0.0/16'])
    expect(allow(old)).toEqual(['10.3.0.0/16'])
    expect(allow({ [OLD]: ' ' })).toBeUndefined()
    expect(allow({})).toBeUndefined()
  })

  it.each([
    ['homeport.dev/allow', '10.0.0.0/33'],
    ['homeport.dev/allow', 'office'],
    ['homeport.dev/allow', ''],
    [OLD, '10.0.0.0/8;192.0.2.0/24'],
  ])('%s: %j is told', (name, text) => {
    expect(read({ [name]: text }).unreadable).toBe(true)
    expect(message({ [name]: text })).toContain(`${name} `)
    expect(message({ [name]: text })).toContain('"192.0.2.0/24')
  })

  it('of the spec are told with their place, and too many with the bound', () => {
    expect(message({}, { sourceRanges: ['x'] })).toContain('spec.loadBalancerSourceRanges has "x"')
    const many = Array.from({ length: 257 }, (_, at) => `10.0.${at % 256}.${at >> 8}/32`)
    expect(message({ 'homeport.dev/allow': many.join() })).toContain('257 ranges: an edge takes 256')
  })
})

describe('homeport.dev/ports', () => {
  const ports = [
    { name: 'mqtts', port: 8883, protocol: 'TCP', nodePort: 30883 },
    { name: 'dns-udp', port: 53, protocol: 'UDP', nodePort: 30054 },
    { name: 'dns', port: 53, protocol: 'TCP', nodePort: 30053 },
    { name: 'quic', port: 443, protocol: 'UDP', nodePort: 30443 },
  ] as const
  const nodePort = (text: string) =>
    ({ annotations: { 'homeport.dev/ports': text }, type: 'NodePort', ports }) as const
  const frontends = (text: string) =>
    readWishes(serviceObject(nodePort(text))).wishes.frontends.map(
      ({ port, target }) => `${port} ${target.nodePort}/${target.protocol}`,
    )

  it.each([
    ['8443:mqtts', ['8443 30883/TCP']],
    ['8443:8883, 53', ['8443 30883/TCP', '53 30053/TCP']],
    ['53/udp 53/tcp', ['53 30054/UDP', '53 30053/TCP']],
    ['5353:53/UDP,443', ['5353 30054/UDP', '443 30443/UDP']],
    ['1:dns-udp/udp', ['1 30054/UDP']],
  ])('%j is read', (text, expected) => {
    expect(frontends(text)).toEqual(expected)
  })

  it.each([
    ['', '8443:https'],
    ['mqtts', '"mqtts"'],
    ['0:mqtts', '"0:mqtts"'],
    ['65536:mqtts', '"65536:mqtts"'],
    ['8443:mqtts/sctp', '"8443:mqtts/sctp"'],
    ['8443:amqp', 'mqtts (8883/TCP)'],
    ['8443:mqtts/udp', 'dns (53/TCP)'],
    ['1:mqtts,1:dns', 'twice: "1:dns"'],
  ])('%j is told', (text, words) => {
    expect(readWishes(serviceObject(nodePort(text))).unreadable).toBe(true)
    expect(message({}, nodePort(text))).toContain(words)
  })

  it('means nothing on a load balancer, which is told and holds nothing up', () => {
    expect(read({ 'homeport.dev/ports': 'x' })).toMatchObject({
      wishes: { frontends: [] },
      problems: [{ code: 'annotation-invalid' }],
      unreadable: false,
    })
  })
})

it('tells every fault at once, in short and plain words', () => {
  const nasty = `\u0000\u202e"${'é'.repeat(5000)}`
  const names = ['check', 'allow', 'proxy-protocol'].map((name) => `homeport.dev/${name}`)
  const { problems } = read(Object.fromEntries(names.map((name) => [name, nasty])))
  expect(problems.map((one) => one.message.split(' ')[0]).sort()).toEqual(names.sort())
  for (const one of problems) {
    expect(one.message).toMatch(/^[\x20-\x7e]*$/)
    expect(one.message.length).toBeLessThan(300)
  }
})
