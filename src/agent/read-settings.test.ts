import { describe, expect, it } from 'vitest'
import { fakeToken } from '../testing/fake-edge.ts'
import { type Machine, readSettings } from './read-settings.ts'
import { SettingsInvalid } from './settings.ts'

const TOKEN = fakeToken('f'.repeat(43))
const machine: Machine = {
  hostname: 'Mosquitto-0',
  readFile(path) {
    if (path !== '/token') throw new Error(`ENOENT: ${path}`)
    return `${TOKEN}\n`
  },
}
const minimum = {
  HOMEPORT_EDGES: 'https://192.0.2.1:9443',
  HOMEPORT_TOKEN: TOKEN,
  HOMEPORT_OWNER: 'mosquitto',
  HOMEPORT_CLAIMS: '8443:30843',
}

function read(env: NodeJS.ProcessEnv, args: string[] = [], on = machine) {
  return readSettings(args, env, on)
}

function faultsOf(env: NodeJS.ProcessEnv, args: string[] = []): readonly string[] {
  try {
    read(env, args)
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.faults
    throw error
  }
  return []
}

describe('readSettings', () => {
  it('fills in what is not given', () => {
    expect(read(minimum)).toEqual({
      edges: [new URL('https://192.0.2.1:9443')],
      tokens: { kind: 'given', tokens: TOKEN },
      cluster: 'default',
      phone: 'mosquitto-0',
      owner: 'default/mosquitto',
      claims: [{ port: 8443, backendPort: 30843, protocol: 'tcp' }],
      proxyProtocol: 'off',
      sendProxy: '',
      interval: 20_000,
      once: false,
      ttl: 60,
      release: true,
      log: 'text',
    })
  })

  it('takes a flag before a variable before the original variable, and an empty one for none', () => {
    const original = { ...minimum, HOMEPORT_OWNER: '', NAME: 'original' }
    expect(read(original).owner).toBe('default/original')
    expect(read({ ...original, HOMEPORT_OWNER: 'ours' }).owner).toBe('default/ours')
    expect(read({ ...original, HOMEPORT_OWNER: 'ours' }, ['--owner', 'flag']).owner).toBe('default/flag')
  })

  it('runs on the environment of the original phone-home', () => {
    const settings = read({
      REPEAT_INTERVAL: '120',
      WEBHOOK: 'http://192.0.2.1:9000/hooks/update-haproxy',
      WEBHOOK_TOKEN: 'shared-word',
      FRONTEND_PORT: '8443',
      BACKEND_PORT: '30843',
      NAME: 'mqtts',
      SEND_PROXY: 'true',
    })
    expect(settings).toMatchObject({
      claims: [{ port: 8443, backendPort: 30843, protocol: 'tcp' }],
      owner: 'default/mqtts',
      proxyProtocol: 'v1',
      sendProxy: 'true',
      interval: 120_000,
      ttl: 360,
    })
  })

  it("takes the pod's namespace for an owner that names none", () => {
    const pod = { ...machine, namespace: 'mqtt' }
    expect(read(minimum, [], pod).owner).toBe('mqtt/mosquitto')
    expect(read({ ...minimum, HOMEPORT_NAMESPACE: 'web' }, [], pod).owner).toBe('web/mosquitto')
    expect(read({ ...minimum, HOMEPORT_OWNER: 'other/name' }, [], pod).owner).toBe('other/name')
  })

  it('reads everything else', () => {
    const settings = read({
      ...minimum,
      HOMEPORT_TOKEN: '',
      HOMEPORT_TOKEN_FILE: '/token',
      HOMEPORT_CLAIMS: '8443:30843/tcp, 443 53:30053/udp',
      HOMEPORT_PROXY_PROTOCOL: 'v2',
      HOMEPORT_CHECK: 'http:9000:/healthz?full=1',
      HOMEPORT_ALLOW: '192.0.2.0/24,2001:db8::/32',
      HOMEPORT_INTERVAL: 'once',
      HOMEPORT_RELEASE: 'no',
      HOMEPORT_ADDRESS: '2001:db8::1',
      HOMEPORT_READY_PORT: '8080',
    })
    expect(settings).toMatchObject({
      tokens: { kind: 'file', path: '/token' },
      claims: [
        { port: 8443, backendPort: 30843, protocol: 'tcp' },
        { port: 443, backendPort: 443, protocol: 'tcp' },
        { port: 53, backendPort: 30053, protocol: 'udp' },
      ],
      proxyProtocol: 'v2',
      check: { type: 'http', path: '/healthz?full=1', port: 9000 },
      allow: ['192.0.2.0/24', '2001:db8::/32'],
      once: true,
      ttl: 86_400,
      release: false,
      address: '2001:db8::1',
      readyPort: 8080,
    })
  })

  it('names every fault at once, by the name that was used', () => {
    const env = {
      WEBHOOK: 'ftp://x',
      FRONTEND_PORT: '0',
      HOMEPORT_CHECK: 'icmp',
      HOMEPORT_READY_PORT: '70000',
    }
    expect(faultsOf(env, ['--interval', '5m'])).toEqual([
      'WEBHOOK: "ftp://x" is no URL like https://edge.example.com:9443',
      'HOMEPORT_TOKEN: is missing',
      'HOMEPORT_OWNER: is missing',
      'FRONTEND_PORT: "0" is no port from 1 to 65535',
      '--interval: "5m" is no number of seconds from 1 to 28800',
      'HOMEPORT_CHECK: "icmp" is not tcp, http:/path or none',
      'HOMEPORT_READY_PORT: "70000" is no port from 1 to 65535',
    ])
  })

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['no claims', { HOMEPORT_CLAIMS: '' }, /HOMEPORT_CLAIMS: is missing/],
    ['a port twice', { HOMEPORT_CLAIMS: '443,443:1' }, /tcp\/443 is claimed twice/],
    ['ports out of range', { HOMEPORT_CLAIMS: '65536:1,-1' }, /"65536:1" .*, "-1"/],
    ['a lease shorter than the pause', { HOMEPORT_TTL: '20' }, /no longer than the interval/],
    ['an owner with capitals', { HOMEPORT_OWNER: 'Mqtt/x' }, /is no owner/],
    ['a newline in the owner', { HOMEPORT_OWNER: 'a\nb' }, /is no owner/],
    ['a path out of the cluster', { HOMEPORT_CLUSTER: '../x' }, /is no name of a cluster/],
    ['a damaged token', { HOMEPORT_TOKEN: 'hp1.abc' }, /the token is damaged/],
    ['a token in the clear', { HOMEPORT_EDGES: 'http://192.0.2.1' }, /in the clear: use https/],
    [
      'two tokens for three edges',
      { HOMEPORT_EDGES: 'https://a https://b https://c', HOMEPORT_TOKEN: 'x,y' },
      /2 tokens for 3/,
    ],
    ['another kind of token without a hook', { HOMEPORT_TOKEN: 'word' }, /no path like/],
    ['both a token and a file', { HOMEPORT_TOKEN_FILE: '/token' }, /one too many/],
    ['a token file that is missing', { HOMEPORT_TOKEN: '', HOMEPORT_TOKEN_FILE: '/nowhere' }, /ENOENT/],
    ['a CA file that holds none', { HOMEPORT_CA_FILE: '/token' }, /holds no certificate/],
    ['a password in the URL', { HOMEPORT_EDGES: 'https://u:p@a' }, /no user and no password/],
    ['a range that is none', { HOMEPORT_ALLOW: '192.0.2.0/33' }, /no address range/],
    [
      'a list for the original call',
      {
        WEBHOOK: 'http://a/hooks/update-haproxy',
        HOMEPORT_EDGES: '',
        HOMEPORT_TOKEN: 'word',
        HOMEPORT_ALLOW: '192.0.2.0/24',
      },
      /HOMEPORT_ALLOW: cannot be said/,
    ],
  ])('refuses %s', (_, env, message) => {
    const faults = faultsOf({ ...minimum, ...env })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(message)
  })

  it.each([
    [{ ...minimum, HOMEPORT_EDGES: TOKEN }, []],
    [minimum, [TOKEN]],
    [minimum, [`--${TOKEN}`]],
    [{ ...minimum, HOMEPORT_TOKEN: `${TOKEN}x` }, []],
  ])('never repeats a token that was given in the wrong place', (env, args) => {
    const faults = faultsOf(env, args)
    expect(faults).not.toEqual([])
    expect(faults.join()).not.toContain('s'.repeat(20))
  })
})
