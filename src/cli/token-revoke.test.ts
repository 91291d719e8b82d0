import { describe, expect, it, onTestFinished } from 'vitest'
import { remoteEdge } from '../testing/homeport-command.ts'

describe('token revoke', () => {
  it('names each token, counts the claims that stay, and tells how they are released', async () => {
    const { edge, ask } = await remoteEdge(onTestFinished)
    expect(await ask('token', 'revoke', 'k3j9x2ab', 'aaaabbbb')).toEqual({
      code: 0,
      out: 'Revoked k3j9x2ab, aaaabbbb.\n6 claims stay until lease and hold are over.\n',
      err: '\nNext: homeport token revoke k3j9x2ab aaaabbbb --release\n',
    })
    expect(edge.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /v1/tokens/k3j9x2ab?release=false',
      'DELETE /v1/tokens/aaaabbbb?release=false',
    ])
  })

  it('with --release, releases what they claimed', async () => {
    const { edge, ask } = await remoteEdge(onTestFinished)
    expect(await ask('token', 'revoke', 'k3j9x2ab', '--release')).toEqual({
      code: 0,
      out: 'Revoked k3j9x2ab.\nReleased 3 claims.\n',
      err: '\nNext: homeport token list\n',
    })
    expect(edge.calls.map(({ path }) => path)).toEqual(['/v1/tokens/k3j9x2ab?release=true'])
  })

  it('names the ports that are open still', async () => {
    const closing = [{ port: 8443, protocol: 'tcp', code: 'reload-delayed', detail: 'wait' }]
    const body = { id: 'k3j9x2ab', released: true, documents: 1, claims: 1, closing }
    const { ask } = await remoteEdge(onTestFinished, () => ({ status: 202, body }))
    expect((await ask('token', 'revoke', 'k3j9x2ab', '--release')).out).toBe(
      'Revoked k3j9x2ab.\nReleased 1 claim.\ntcp/8443 is open still: reload-delayed: wait\n',
    )
  })

  it('does not speak of claims where there are none', async () => {
    const body = { id: 'k3j9x2ab', released: false, documents: 0, claims: 0, closing: [] }
    const { ask } = await remoteEdge(onTestFinished, () => ({ status: 200, body }))
    expect(await ask('token', 'revoke', 'k3j9x2ab')).toMatchObject({
      out: 'Revoked k3j9x2ab.\n',
      err: '\nNext: homeport token list\n',
    })
  })

  it('with --json, prints what the edge answered for each', async () => {
    const { ask } = await remoteEdge(onTestFinished)
    const json = await ask('token', 'revoke', 'k3j9x2ab', '--json')
    expect(JSON.parse(json.out)).toEqual({
      revoked: ['k3j9x2ab'],
      tokens: [{ id: 'k3j9x2ab', released: false, documents: 1, claims: 3, closing: [] }],
    })
    expect(json.err).toBe('')
  })
})
