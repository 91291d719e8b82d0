import { describe, expect, it } from 'vitest'
import { homeport } from '../testing/homeport-command.ts'

describe('help', () => {
  it.each([
    [[]],
    [['token', 'create']],
    [['token', 'revoke']],
    [['claims']],
    [['claims', 'release']],
    [['routes']],
    [['explain']],
    [['completion']],
    [['edge']],
    [['events']],
    [['stack', 'check']],
    [['stack', 'config']],
    ...['deploy', 'diff', 'ls', 'services', 'ps', 'logs', 'rm'].map((verb) => [['stack', verb]]),
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
