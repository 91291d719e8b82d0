import { describe, expect, it, onTestFinished } from 'vitest'
import { type Behaviour, fakeToken } from '../testing/fake-edge.ts'
import { homeport, remoteEdge } from '../testing/homeport-command.ts'

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
    const { ask } = await remoteEdge(onTestFinished, behaviour)
    const failed = await ask('routes')
    expect(failed).toMatchObject({ code, out: '' })
    expect(failed.err).toContain(text)
    const json = await ask('routes', '--json')
    expect(JSON.parse(json.err)).toHaveProperty('code')
  })

  it('does not talk to an edge with another key', async () => {
    const { edge } = await remoteEdge(onTestFinished)
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
    [['claims', 'nonsense']],
    [['claims', 'release']],
    [['claims', 'release', 'pod-0']],
    [['claims', 'release', 'home/../x']],
    [['claims', 'release', 'home/pod-0/x']],
    [['claims', 'release', 'Home/pod-0']],
    [['claims', 'release', 'home/a', '--release']],
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
