import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Behaviour, fakeEdge, fakeToken } from '../testing/fake-edge.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { main } from './main.ts'

const route = {
  ...{ port: 8443, protocol: 'tcp', owner: 'home/mqtt/mosquitto', state: 'live' },
  backends: [
    { address: '192.0.2.7', port: 30843, health: 'up', sessions: 3, stale: false },
    {
      address: '2001:db8::1',
      port: 30843,
      health: 'down',
      reason: 'Connection refused',
      sessions: 0,
      stale: false,
    },
  ],
}
const refused = { ...route, port: 22, state: 'refused', code: 'port-reserved', detail: 'sshd', backends: [] }
const claim = {
  cluster: 'home',
  phone: 'pod-0',
  owner: 'mqtt/m',
  port: 8443,
  protocol: 'tcp',
  state: 'stale',
  lapsesIn: 3_600,
}
const status = {
  ...{ version: '0.1.0', fingerprint: 'f', uptime: 93_780, ready: true, documents: 2 },
  routes: { live: 1, refused: 1 },
  haproxy: {
    ...{ state: 'running', version: '2.6.12', pid: 7, reloads: 4, sessions: 9 },
    oldWorkers: [{ pid: 5, uptime: '2h', sessions: 1 }],
  },
  warnings: ['few file descriptors'],
}
const token = {
  id: 'k3j9x2ab',
  name: 'mosquitto',
  scope: { role: 'phone', ports: ['8443'] },
  created: '2026-01-01T00:00:00Z',
}
const ANSWERS: Readonly<Record<string, unknown>> = {
  'GET /v1/routes': [route, refused],
  'GET /v1/claims': [claim],
  'GET /v1/status': status,
  'GET /v1/tokens': [token],
}
const NOW = Date.parse('2026-01-01T00:00:00Z')

const answers: Behaviour = ({ method, path, body }) => {
  if (method === 'DELETE') return { status: 204 }
  if (method === 'POST') {
    return { status: 201, body: { ...token, ...JSON.parse(body), token: fakeToken('f'.repeat(43)) } }
  }
  return { status: 200, body: ANSWERS[`${method} ${path}`] }
}

async function homeport(args: string[], env: NodeJS.ProcessEnv = {}, socketWait = 0) {
  const printed = { out: '', err: '' }
  const code = await main(args, {
    env,
    terminal: {
      out: (text) => {
        printed.out += text
      },
      err: (text) => {
        printed.err += text
      },
      columns: undefined,
      isWatched: false,
      paint: (_, text) => text,
    },
    now: () => NOW,
    readFile: () => 'hp1.damaged',
    socketWait,
    stop: new AbortController().signal,
  })
  return { code, ...printed }
}

async function remote(behaviour: Behaviour = answers) {
  const edge = await fakeEdge(onTestFinished, { behaviour })
  const env = { HOMEPORT_TOKEN: edge.token }
  return { edge, ask: (...args: string[]) => homeport([...args, '--edge', edge.url], env) }
}

describe('commands that ask an edge', () => {
  it.each([
    [
      'routes',
      [
        'tcp/8443',
        'home/mqtt/mosquitto',
        '192.0.2.7:30843',
        '[2001:db8::1]:30843',
        'Connection refused',
        'port-reserved: sshd',
      ],
    ],
    ['claims', ['tcp/8443', 'stale', 'home/pod-0', '1h']],
    [
      'status',
      [
        'ready, version 0.1.0, up 1d 2h',
        '1 live, 1 refused',
        'running, 2.6.12, pid 7',
        'old worker 5: 1 sessions',
        'few file descriptors',
      ],
    ],
    ['token list', ['k3j9x2ab', 'mosquitto', 'ports 8443', 'never']],
  ])('%s', async (command, expected) => {
    const { edge, ask } = await remote()
    const text = await ask(...command.split(' '))
    expect(text.code).toBe(0)
    for (const part of expected) expect(text.out).toContain(part)
    expect(text.err).toContain('Next: homeport')
    expect(edge.calls[0]?.headers.authorization).toBe(`Bearer ${edge.token}`)

    const json = await ask(...command.split(' '), '--json')
    expect(JSON.parse(json.out)).toEqual(ANSWERS[`GET ${edge.calls[0]?.path}`])
    expect(json.err).toBe('')
  })

  it('token create prints the token alone on stdout, and asks for what was said', async () => {
    const { edge, ask } = await remote()
    const args = ['--cluster', 'home', '--namespace', 'mqtt', '--port', '8443,443', '--ports', '30000-30099']
    const created = await ask(
      'token',
      'create',
      'mosquitto',
      ...args,
      '--protocol',
      'tcp',
      '--backend',
      '10.0.0.0/8',
      '--expires',
      '90d',
    )
    expect(created.code).toBe(0)
    expect(created.out).toBe(`${fakeToken('f'.repeat(43))}\n`)
    expect(created.err).toContain('HOMEPORT_CLUSTER=home')
    expect(created.err).not.toContain('s'.repeat(20))
    expect(JSON.parse(edge.calls[0]?.body ?? '')).toEqual({
      name: 'mosquitto',
      scope: {
        role: 'phone',
        clusters: ['home'],
        namespaces: ['mqtt'],
        ports: ['8443', '443', '30000-30099'],
        protocols: ['tcp'],
        backends: ['10.0.0.0/8'],
      },
      expires: '2026-04-01T00:00:00.000Z',
    })
  })

  describe('token create --out', () => {
    const secret = fakeToken('f'.repeat(43))

    it('writes the token to a file for its owner alone, and nowhere else', async () => {
      const { ask } = await remote()
      const folder = await temporaryFolder(onTestFinished)
      const file = join(folder, 'token')
      const created = await ask('token', 'create', 'm', '--port', '8443', '--out', file)
      expect(created).toMatchObject({ code: 0, out: '' })
      expect(created.err).toContain(`The token is in ${file}`)
      expect(readFileSync(file, 'utf8')).toBe(secret)
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(readdirSync(folder)).toEqual(['token'])
      const json = await ask('token', 'create', 'm', '--json', '--out', join(folder, 'other'))
      expect(JSON.parse(json.out)).toHaveProperty('id')
      expect(json.out).not.toContain(secret)
    })

    it('leaves a file that is there alone, and makes no token, unless it is told to', async () => {
      const { edge, ask } = await remote()
      const file = join(await temporaryFolder(onTestFinished), 'token')
      writeFileSync(file, 'mine', { mode: 0o644 })
      const refused = await ask('token', 'create', 'm', '--out', file)
      expect(refused).toMatchObject({ code: 2, out: '' })
      expect(refused.err).toContain('--force')
      expect(edge.calls).toEqual([])
      expect(readFileSync(file, 'utf8')).toBe('mine')
      expect((await ask('token', 'create', 'm', '--out', file, '--force')).code).toBe(0)
      expect(readFileSync(file, 'utf8')).toBe(secret)
      expect(statSync(file).mode & 0o777).toBe(0o600)
    })

    it('leaves nothing where the edge refuses', async () => {
      const { ask } = await remote(() => ({ status: 502, body: '' }))
      const folder = await temporaryFolder(onTestFinished)
      expect((await ask('token', 'create', 'm', '--out', join(folder, 'token'))).code).toBe(4)
      expect(readdirSync(folder)).toEqual([])
    })

    it('revokes the token that it cannot write', async () => {
      const folder = await temporaryFolder(onTestFinished)
      const file = join(folder, 'token')
      const { edge, ask } = await remote((call) => {
        if (call.method === 'POST') writeFileSync(file, 'came meanwhile')
        return answers(call)
      })
      expect((await ask('token', 'create', 'm', '--out', file)).code).toBe(2)
      expect(edge.calls.at(-1)).toMatchObject({ method: 'DELETE', path: `/v1/tokens/${token.id}` })
      expect(readFileSync(file, 'utf8')).toBe('came meanwhile')
      expect(readdirSync(folder)).toEqual(['token'])
    })

    it('asks for no token where no file can be made', async () => {
      const { edge, ask } = await remote()
      expect((await ask('token', 'create', 'm', '--out', '/nowhere/token')).code).toBe(2)
      expect(edge.calls).toEqual([])
    })
  })

  it('token revoke names each token', async () => {
    const { edge, ask } = await remote()
    expect((await ask('token', 'revoke', 'k3j9x2ab', 'aaaabbbb')).code).toBe(0)
    expect(edge.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /v1/tokens/k3j9x2ab',
      'DELETE /v1/tokens/aaaabbbb',
    ])
  })

  it('events prints a line for each, until it is told to stop', async () => {
    const event = { id: 1, time: '2026-01-01T00:00:00Z', type: 'route-live', subject: 'tcp/8443' }
    const { ask } = await remote(() => ({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: `: hello\n\nid: 1\ndata: ${JSON.stringify(event)}\n\n`,
    }))
    const events = await ask('events')
    expect(events.out).toBe('2026-01-01T00:00:00Z  route-live          tcp/8443\n')
    expect(events.code).toBe(4)
    expect((await ask('events', '--json')).out).toBe(`${JSON.stringify(event)}\n`)
  })

  it('reaches the edge on this machine by its socket, without a token', async () => {
    const folder = await temporaryFolder(onTestFinished)
    const server = createServer((_, response) => response.end(JSON.stringify(status)))
    await new Promise<void>((resolve) => server.listen(join(folder, 'admin.sock'), resolve))
    onTestFinished(() => void server.close())
    expect((await homeport(['status', '--json', '--socket', join(folder, 'admin.sock')])).code).toBe(0)
    expect((await homeport(['status'], { HOMEPORT_SOCKET: join(folder, 'admin.sock') })).code).toBe(0)
    expect((await homeport(['status'], { HOMEPORT_EDGE_RUNTIME_DIR: folder })).code).toBe(0)
  })

  it('waits for the socket of an edge that is about to start', async () => {
    const socket = join(await temporaryFolder(onTestFinished), 'admin.sock')
    const asked = homeport(['status', '--json', '--socket', socket], {}, 20_000)
    const server = createServer((_, response) => response.end(JSON.stringify(status)))
    onTestFinished(() => void server.close())
    // Once the command has found nothing there.
    await expect(homeport(['status', '--socket', socket])).resolves.toMatchObject({ code: 4 })
    server.listen(socket)
    expect((await asked).code).toBe(0)
  })
})

describe('failures', () => {
  const problem = (code: string, permanent: boolean) => ({
    status: 403,
    body: { code, permanent, detail: 'd', remedy: 'r' },
  })

  it.each<[string, Behaviour, number, string]>([
    [
      'refused for good',
      () => problem('outside-scope', true),
      3,
      'error outside-scope: d\nr\n\nNext: homeport explain outside-scope\n',
    ],
    ['refused for now', () => problem('edge-stopping', false), 4, 'error edge-stopping'],
    ['no edge', () => ({ status: 502, body: '<html>' }), 4, 'is no Homeport edge (status 502)'],
    ['an edge of another kind', () => ({ status: 200, body: { some: 'thing' } }), 1, 'cannot read'],
    ['a cut connection', () => 'cut', 4, 'error edge-unreachable'],
  ])('%s', async (_, behaviour, code, text) => {
    const { ask } = await remote(behaviour)
    const failed = await ask('routes')
    expect(failed).toMatchObject({ code, out: '' })
    expect(failed.err).toContain(text)
    const json = await ask('routes', '--json')
    expect(JSON.parse(json.err)).toHaveProperty('code')
  })

  it('does not talk to an edge with another key', async () => {
    const { edge } = await remote()
    const env = { HOMEPORT_TOKEN: fakeToken('A'.repeat(43)) }
    const failed = await homeport(['routes', '--edge', edge.url], env)
    expect(failed.code).toBe(3)
    expect(failed.err).toContain('edge-untrusted')
    expect(edge.calls).toEqual([])
  })

  it('says where it looked for the edge on this machine', async () => {
    const failed = await homeport(['status', '--socket', '/nowhere/admin.sock'])
    expect(failed.code).toBe(4)
    expect(failed.err).toContain('no edge answers at /nowhere/admin.sock')
    expect(failed.err).toContain('name an edge with --edge URL')
  })

  it.each([
    [['nonsense']],
    [['routes', '--nonsense']],
    [['routes', '--edge', 'http://192.0.2.1']],
    [['routes', '--edge', 'https://192.0.2.1']],
    [['routes', '--edge', 'https://192.0.2.1', '--token-file', '/x']],
    [['token', 'create']],
    [['token', 'create', 'x', '--expires', 'soon']],
    [['token', 'create', 'x', '--expires', '2020-01-01']],
    [['token', 'create', 'x', '--role', 'king']],
    [['token', 'revoke', '../x']],
    [['explain', 'nonsense']],
    [['completion', 'csh']],
    [['edge', 'nonsense']],
    [['edge', '--state-dir']],
  ])('%j is a mistake of usage', async (args) => {
    const failed = await homeport(args)
    expect(failed).toMatchObject({ code: 2, out: '' })
    expect(failed.err).not.toMatch(/^ {4}at /m)
  })

  it('names all wrong settings of the edge', async () => {
    const failed = await homeport(['edge', '--config', '/nowhere', '--log-level', 'loud'])
    expect(failed.code).toBe(2)
    expect(failed.err).toContain('/nowhere')
    expect(failed.err).toContain('--log-level')
  })
})

describe('help', () => {
  it.each([
    [[]],
    [['token', 'create']],
    [['routes']],
    [['explain']],
    [['completion']],
    [['edge']],
    [['events']],
  ])('%j has an example', async (command) => {
    const help = await homeport([...command, '--help'])
    expect(help.code).toBe(0)
    expect(help.out).toMatch(/Examples?:\n/)
  })
})

describe('explain', () => {
  it('tells what a code means', async () => {
    const { out, code } = await homeport(['explain', 'port-taken'])
    expect(code).toBe(0)
    expect(out).toMatch(/^port-taken: the port belongs to another owner\ntransient/)
  })

  it('suggests codes that are near', async () => {
    expect((await homeport(['explain', 'port-was-taken'])).err).toContain('port-taken')
  })
})
