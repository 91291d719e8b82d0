import { describe, expect, it } from 'vitest'
import type { ClaimRules } from '../core/registry/claim-rules.ts'
import { aCall, EdgeInMemory } from '../testing/edge-in-memory.ts'
import { meanwhile, pass, useFakeTime } from '../testing/fake-time.ts'

useFakeTime()

const claim = { owner: 'mqtt/mosquitto', port: 8443, backends: [{ address: '10.0.0.1', port: 30843 }] }
const document = { claims: [claim, { ...claim, port: 9000 }] }
const reserved = { reservedPorts: new Set(['tcp/9000'] as const) }

/** An edge that has the document, and what its phone would renew it by. */
async function holding() {
  const before = new EdgeInMemory()
  await meanwhile(before.edge.start())
  const { digest } = await meanwhile(before.put('a', document))
  await meanwhile(before.edge.stop())
  return { before, digest }
}

describe('an edge that starts with stricter settings', () => {
  it('closes what they refuse before it is ready, says so, and keeps the rest', async () => {
    const { before } = await holding()
    const after = before.successor(reserved)
    await meanwhile(after.edge.start())
    expect(after.driver.applied.at(-1)).toEqual({ kind: 'close', key: 'tcp/9000' })
    expect(after.edge.routes({ role: 'admin' }).map(({ port }) => port)).toEqual([8443])
    expect(after.logged).toContain("the edge's settings refuse a claim that it held")
  })

  it('tells the phone with its next call', async () => {
    const { before, digest } = await holding()
    const after = before.successor(reserved)
    await meanwhile(after.edge.start())
    expect(() => after.edge.renew(aCall('a'), digest)).toThrow(/holds the document/)
    const { status, claims } = await meanwhile(after.put('a', document))
    expect(status).toBe(207)
    expect(claims).toMatchObject([{ state: 'live' }, { port: 9000, code: 'port-reserved' }])
  })

  it('does not forget at the next start, and serves the port again once it may and the phone has called', async () => {
    const { before } = await holding()
    const strict = before.successor(reserved)
    await meanwhile(strict.edge.start())
    await meanwhile(strict.edge.stop())
    const mild = strict.successor()
    await meanwhile(mild.edge.start())
    expect(mild.edge.routes({ role: 'admin' }).map(({ port }) => port)).toEqual([8443])
    expect((await meanwhile(mild.put('a', document))).status).toBe(200)
  })

  it('starts on a full disk all the same, says that it is full, and writes once it can', async () => {
    const { before } = await holding()
    const after = before.successor(reserved)
    after.store.full = true
    await meanwhile(after.edge.start())
    expect(after.edge.routes({ role: 'admin' }).map(({ port }) => port)).toEqual([8443])
    expect(after.logged).toContain('the state cannot be written')
    expect((await after.edge.status({ role: 'admin' })).warnings).toEqual([
      expect.stringContaining('storage-failed'),
    ])
    after.store.full = false
    await pass(2_000)
    expect((await after.edge.status({ role: 'admin' })).warnings).toEqual([])
    expect(after.store.load().documents[0]?.claims.map(({ port }) => port)).toEqual([8443])
    expect(after.store.load().owners.map(([key]) => key)).toEqual(['tcp/8443'])
  })

  it('gives the port to nobody, and leaves a document alone that breaks nothing', async () => {
    const { before, digest } = await holding()
    const same = before.successor()
    const commits = same.store.commits
    await meanwhile(same.edge.start())
    await pass(1_000)
    expect(same.store.commits).toBe(commits)
    expect(same.edge.renew(aCall('a'), digest)).toMatchObject({ digest })
  })
})

describe('an edge that starts with milder settings', () => {
  /** One that refused a claim of the document, and what its phone would renew it by. */
  async function refusing(rules: Partial<ClaimRules>, refused: typeof claim) {
    const before = new EdgeInMemory(undefined, undefined, rules)
    await meanwhile(before.edge.start())
    const partly = { claims: [claim, refused] }
    const { digest } = await meanwhile(before.put('a', partly))
    await meanwhile(before.edge.stop())
    return { before, partly, digest }
  }

  const forbidden = { ...claim, port: 9000, backends: [{ address: '127.0.0.2', port: 1 }] }
  it.each<[string, Partial<ClaimRules>, typeof claim, Partial<ClaimRules>]>([
    ['a port', reserved, { ...claim, port: 9000 }, {}],
    ['an address', {}, forbidden, { allowLoopback: true }],
  ])('asks whom they let have %s for the whole document, once', async (_, rules, refused, milder) => {
    const { before, partly, digest } = await refusing(rules, refused)
    const after = before.successor(milder)
    await meanwhile(after.edge.start())
    expect(() => after.edge.renew(aCall('a'), digest)).toThrow(/settings that may have changed/)
    const made = await meanwhile(after.put('a', partly))
    expect(made.status).toBe(200)
    expect(after.edge.renew(aCall('a'), made.digest)).toMatchObject({ status: 200 })
  })

  it('asks nobody whom they refuse as before, and writes nothing where the whole says the same', async () => {
    const { before, digest } = await refusing(reserved, { ...claim, port: 9000 })
    const same = before.successor(reserved)
    await meanwhile(same.edge.start())
    expect(same.edge.renew(aCall('a'), digest)).toMatchObject({ status: 207 })

    const still = await refusing({}, forbidden)
    const again = still.before.successor({})
    await meanwhile(again.edge.start())
    const { commits } = again.store
    expect(() => again.edge.renew(aCall('a'), still.digest)).toThrow(/settings that may have changed/)
    expect((await meanwhile(again.put('a', still.partly))).digest).toBe(still.digest)
    expect(again.edge.renew(aCall('a'), still.digest)).toMatchObject({ status: 207 })
    expect(again.store.commits).toBe(commits)
  })
})
