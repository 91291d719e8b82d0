import { describe, expect, it } from 'vitest'
import { aCall, EdgeInMemory } from '../testing/edge-in-memory.ts'
import { meanwhile, pass, useFakeTime } from '../testing/fake-time.ts'

useFakeTime()

const claim = { owner: 'mqtt/mosquitto', port: 8443, backends: [{ address: '10.0.0.1', port: 30843 }] }
const elsewhere = { address: '10.0.0.2', port: 30843 }
const neighbour = { ...claim, owner: 'web/nginx', port: 443 }

/** An edge whose phone `a` has changed its port's settings, again and again, until it has to wait. */
async function toggled(isCrowded: boolean) {
  const subject = new EdgeInMemory()
  await meanwhile(subject.edge.start())
  subject.driver.isCrowded = isCrowded
  const statuses: number[] = []
  for (let count = 0; count < 8; count++) {
    const allow = [`10.0.${count}.0/24`]
    statuses.push((await meanwhile(subject.put('a', { claims: [{ ...claim, allow }] }))).status)
  }
  return { subject, statuses }
}

async function reloads({ edge }: EdgeInMemory): Promise<number> {
  return (await edge.status({ role: 'admin' })).haproxy.reloads
}

describe('a phone that toggles the settings of its port', () => {
  it('waits where more reloads would end sessions, and what ran goes on', async () => {
    const { subject, statuses } = await toggled(true)
    expect(statuses).toEqual([200, 200, 200, 200, 503, 503, 503, 503])
    expect(await reloads(subject)).toBe(4)
    const held = { claims: [{ ...claim, allow: ['192.0.2.0/24'], backends: [elsewhere] }] }
    const { claims } = await meanwhile(subject.put('a', held))
    expect(claims).toMatchObject([{ state: 'refused', code: 'reload-delayed', permanent: false }])
    expect(await reloads(subject)).toBe(4)
    expect(subject.driver.applied.map(({ kind }) => kind)).toContain('add-backend')
    await pass(2_000)
    expect(await reloads(subject)).toBe(5)
    expect((await meanwhile(subject.put('a', held))).status).toBe(200)
  })

  it('holds up no neighbour', async () => {
    const { subject } = await toggled(true)
    expect((await meanwhile(subject.put('b', { claims: [neighbour] }))).status).toBe(200)
    expect(await reloads(subject)).toBe(5)
  })

  it('waits for nothing where old workers are few', async () => {
    const { subject, statuses } = await toggled(false)
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(await reloads(subject)).toBe(8)
  })
})

describe('a release that has to wait for its reload', () => {
  it('says which port is open still; it forwards nothing, and closes when its turn comes', async () => {
    const { subject } = await toggled(true)
    await pass(2_000)
    await meanwhile(subject.put('a', { claims: [{ ...claim, allow: [] }] }))
    const { closing } = await meanwhile(subject.edge.release(aCall('a')))
    expect(closing).toMatchObject([{ port: 8443, protocol: 'tcp', code: 'reload-delayed' }])
    expect(subject.driver.applied.at(-1)).toMatchObject({ kind: 'retire-backend', key: 'tcp/8443' })
    await pass(10_000)
    expect(subject.driver.applied.at(-1)).toEqual({ kind: 'close', key: 'tcp/8443' })
  })

  it('costs nothing where the port is claimed again meanwhile', async () => {
    const { subject } = await toggled(true)
    await pass(2_000)
    const document = { claims: [{ ...claim, allow: ['10.0.7.0/24'] }] }
    await meanwhile(subject.put('a', document))
    const before = await reloads(subject)
    await meanwhile(subject.edge.release(aCall('a')))
    expect((await meanwhile(subject.put('a', document))).status).toBe(200)
    await pass(60_000)
    expect(await reloads(subject)).toBe(before)
  })
})

describe('a port that is given to another owner while new settings have to wait', () => {
  it("is not served with the last owner's list of clients", async () => {
    const { subject } = await toggled(true)
    await pass(2_000)
    await meanwhile(subject.put('a', { claims: [claim] }))
    const theirs = { ...claim, owner: 'mqtt/other', allow: ['192.0.2.0/24'], backends: [elsewhere] }
    const { claims } = await meanwhile(subject.put('b', { claims: [theirs] }))
    expect(claims).toMatchObject([{ code: 'port-taken' }])
    await meanwhile(subject.edge.release(aCall('a')))
    await pass(100)
    const added = () => subject.driver.applied.filter(({ kind }) => kind === 'add-backend')
    expect(added()).toEqual([])
    expect((await subject.edge.routes({ role: 'admin' }))[0]).toMatchObject({ state: 'refused' })
    await pass(60_000)
    expect(subject.driver.applied.findLast(({ kind }) => kind === 'reshape')).toMatchObject({
      route: { owner: 'home/mqtt/other', allow: ['192.0.2.0/24'] },
    })
  })
})
