import { describe, expect, it, onTestFinished } from 'vitest'
import { homeport, remoteEdge } from '../testing/homeport-command.ts'

describe('claims release', () => {
  it('releases the document of the phone that is named', async () => {
    const { edge, ask } = await remoteEdge(onTestFinished)
    expect(await ask('claims', 'release', 'home/pod-0.a')).toEqual({
      code: 0,
      out: 'Released the claims of home/pod-0.a.\n',
      err: '\nNext: homeport claims\n',
    })
    expect(edge.calls).toMatchObject([{ method: 'DELETE', path: '/v1/clusters/home/phones/pod-0.a' }])
  })

  it.each([[['claims', 'release', 'home/pod-0', '--json']], [['claims', '--json', 'release', 'home/pod-0']]])(
    '%j prints JSON',
    async (args) => {
      const { ask } = await remoteEdge(onTestFinished)
      const json = await ask(...args)
      expect(json).toMatchObject({ code: 0, err: '' })
      expect(JSON.parse(json.out)).toEqual({ released: 'home/pod-0', closing: [] })
    },
  )

  it('names the ports that are open still', async () => {
    const closing = [{ port: 8443, protocol: 'tcp', code: 'reload-delayed', detail: 'wait' }]
    const { ask } = await remoteEdge(onTestFinished, () => ({ status: 202, body: { closing } }))
    expect(await ask('claims', 'release', 'home/pod-0')).toMatchObject({
      code: 0,
      out: 'Released the claims of home/pod-0.\ntcp/8443 is open still: reload-delayed: wait\n',
    })
  })

  it('says where phones are shown when the edge knows none of that name', async () => {
    const body = { code: 'document-unknown', permanent: false, detail: 'no home/x', remedy: 'PUT it' }
    const { ask } = await remoteEdge(onTestFinished, () => ({ status: 404, body }))
    const failed = await ask('claims', 'release', 'home/x')
    expect(failed).toMatchObject({ code: 4, out: '' })
    expect(failed.err).toContain('error document-unknown: no home/x\nhomeport claims shows them')
    expect(failed.err).not.toContain('PUT it')
  })

  it("gives another refusal's own remedy", async () => {
    const body = { code: 'document-of-another', permanent: true, detail: 'd', remedy: 'revoke it' }
    const { ask } = await remoteEdge(onTestFinished, () => ({ status: 403, body }))
    const failed = await ask('claims', 'release', 'home/x')
    expect(failed).toMatchObject({ code: 3 })
    expect(failed.err).toContain('error document-of-another: d\nrevoke it')
  })

  it.each(['bash', 'zsh', 'fish'])('is completed in %s, with its options', async (shell) => {
    const { out } = await homeport(['completion', shell])
    const table = out.split('\n').join(' ')
    expect(table).toMatch(/'homeport claims'\)?[^']*(?:split ' ' )?'[^']*\brelease\b/)
    expect(table).toMatch(
      /'homeport claims release'\)?[^']*(?:split ' ' )?'--json --socket --edge --token-file/,
    )
  })
})
