import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answers, token } from '../testing/edge-answers.ts'
import { fakeToken } from '../testing/fake-edge.ts'
import { remoteEdge } from '../testing/homeport-command.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

describe('commands that ask an edge', () => {
  it('token create prints the token alone on stdout, and asks for what was said', async () => {
    const { edge, ask } = await remoteEdge(onTestFinished)
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
      const { ask } = await remoteEdge(onTestFinished)
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
      const { edge, ask } = await remoteEdge(onTestFinished)
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
      const { ask } = await remoteEdge(onTestFinished, () => ({ status: 502, body: '' }))
      const folder = await temporaryFolder(onTestFinished)
      expect((await ask('token', 'create', 'm', '--out', join(folder, 'token'))).code).toBe(4)
      expect(readdirSync(folder)).toEqual([])
    })

    it('revokes the token that it cannot write', async () => {
      const folder = await temporaryFolder(onTestFinished)
      const file = join(folder, 'token')
      const { edge, ask } = await remoteEdge(onTestFinished, (call) => {
        if (call.method === 'POST') writeFileSync(file, 'came meanwhile')
        return answers(call)
      })
      expect((await ask('token', 'create', 'm', '--out', file)).code).toBe(2)
      expect(edge.calls.at(-1)).toMatchObject({ method: 'DELETE', path: `/v1/tokens/${token.id}` })
      expect(readFileSync(file, 'utf8')).toBe('came meanwhile')
      expect(readdirSync(folder)).toEqual(['token'])
    })

    it('asks for no token where no file can be made', async () => {
      const { edge, ask } = await remoteEdge(onTestFinished)
      expect((await ask('token', 'create', 'm', '--out', '/nowhere/token')).code).toBe(2)
      expect(edge.calls).toEqual([])
    })
  })
})
