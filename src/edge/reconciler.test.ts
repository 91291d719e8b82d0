import { describe, expect, it } from 'vitest'
import { aCall, type EdgeInMemory } from '../testing/edge-in-memory.ts'
import { meanwhile, pass, useFakeTime } from '../testing/fake-time.ts'
import { claim, document, EVERYTHING, otherOwner, started } from '../testing/started-edge.ts'

useFakeTime()

it('new settings that were refused and taken back are forgotten', async () => {
  const subject = await started()
  await meanwhile(subject.put('a', document))
  subject.driver.refusals.set('tcp/8443', { code: 'haproxy-refused', detail: 'no' })
  expect((await meanwhile(subject.put('a', { claims: [{ ...claim, allow: [] }] }))).status).toBe(503)
  expect((await meanwhile(subject.put('a', document))).status).toBe(200)
  expect(subject.edge.routes(EVERYTHING)).toMatchObject([{ state: 'live' }])
})

it('a fault that nobody foresaw is told of once, and the edge goes on', async () => {
  const subject = await started()
  const observe = subject.driver.observe.bind(subject.driver)
  const fault = new TypeError('a bug')
  subject.driver.observe = () => Promise.reject(fault)
  await pass(5_000)
  expect(subject.logged.filter((line) => line === 'a fault in the edge')).toHaveLength(1)
  subject.driver.observe = observe
  await pass(2_000)
  expect((await meanwhile(subject.put('a', document))).status).toBe(200)
})

describe('a port', () => {
  it('is refused to a second owner, by name, and his when it is free', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    const refused = await meanwhile(subject.put('b', otherOwner))
    expect(refused.status).toBe(409)
    expect(refused.claims).toMatchObject([
      { state: 'refused', code: 'port-taken', detail: 'tcp/8443 belongs to home/mqtt/mosquitto' },
    ])
    await meanwhile(subject.edge.release(aCall('a')))
    await pass(100)
    expect((await meanwhile(subject.put('b', otherOwner))).claims).toMatchObject([{ state: 'live' }])
  })

  it('that the machine has is refused, harms no neighbour, and is served when it is free', async () => {
    const subject = await started()
    subject.driver.takenPorts.add(22)
    const both = { claims: [claim, { ...claim, port: 22 }] }
    const first = await meanwhile(subject.put('a', both))
    expect(first.status).toBe(207)
    expect(first.claims).toMatchObject([{ state: 'live' }, { code: 'port-taken-on-host' }])
    subject.driver.takenPorts.delete(22)
    await pass(4_000)
    expect((await meanwhile(subject.put('a', both))).status).toBe(200)
  })
})

it('a port whose new settings HAProxy refuses goes on with the old ones, and with new backends', async () => {
  const subject = await started()
  await meanwhile(subject.put('a', document))
  subject.driver.refusals.set('tcp/8443', { code: 'haproxy-refused', detail: 'no such check' })
  const reshaped = { claims: [{ ...claim, allow: [], backends: [{ address: '10.0.0.2', port: 30843 }] }] }
  expect(await meanwhile(subject.put('a', reshaped))).toMatchObject({
    status: 503,
    claims: [{ code: 'haproxy-refused' }],
  })
  await pass(1_500)
  expect(subject.driver.applied.map(({ kind }) => kind)).not.toContain('close')
  expect(subject.driver.applied.map(({ kind }) => kind)).toContain('add-backend')
  subject.driver.refusals.clear()
  await pass(60_000)
  expect((await meanwhile(subject.put('a', reshaped))).status).toBe(200)
})

describe('a backend that HAProxy does not take at run time', () => {
  const name = '10.0.0.2:30843'
  const grown = {
    claims: [{ ...claim, backends: [...claim.backends, { address: '10.0.0.2', port: 30843 }] }],
  }
  const full = { code: 'edge-full', detail: 'no room' } as const

  it('is refused for as long as that is so, and tried after growing pauses', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.driver.backendRefusals.set(name, full)
    const before = subject.driver.applied.length
    expect((await meanwhile(subject.put('a', grown))).claims).toMatchObject([{ code: 'edge-full' }])
    for (let second = 0; second < 30; second++) {
      await pass(1_000)
      expect((await meanwhile(subject.put('a', grown))).claims).toMatchObject([{ code: 'edge-full' }])
    }
    // After 0, 2, 6, 14 and 30 s.
    expect(subject.driver.applied.slice(before).map(({ kind }) => kind)).toEqual(Array(5).fill('add-backend'))
    expect(subject.events.filter(({ type }) => type === 'route-refused')).toHaveLength(1)
  })

  it('is live as soon as it is taken, though nothing else happens there', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.driver.backendRefusals.set(name, full)
    await meanwhile(subject.put('a', grown))
    subject.driver.backendRefusals.clear()
    await pass(4_000)
    expect((await meanwhile(subject.put('a', grown))).claims).toMatchObject([{ state: 'live' }])
    expect(subject.edge.routes(EVERYTHING)).toMatchObject([{ state: 'live' }])
  })

  it('is refused too where its settings were refused before', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.driver.refusals.set('tcp/8443', { code: 'haproxy-refused', detail: 'no' })
    subject.driver.backendRefusals.set(name, full)
    const reshaped = { claims: grown.claims.map((one) => ({ ...one, allow: [] })) }
    for (let second = 0; second < 10; second++) {
      const { claims } = await meanwhile(subject.put('a', reshaped))
      expect(claims).toMatchObject([{ state: 'refused' }])
      await pass(1_000)
    }
    expect(subject.driver.applied.filter(({ kind }) => kind === 'add-backend').length).toBeLessThan(4)
  })

  it('takes no backend away that runs', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.driver.backendRefusals.set(name, full)
    await meanwhile(subject.put('a', grown))
    await pass(10_000)
    expect(subject.driver.applied.map(({ kind }) => kind)).not.toContain('retire-backend')
  })
})

describe('a data plane that does not answer', () => {
  it('makes every claim say so, and is served again when it does', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.driver.unavailable = 'no answer'
    await pass(2_000)
    expect(subject.events.map(({ type }) => type).slice(-1)).toEqual(['haproxy-unavailable'])
    const refused = await meanwhile(subject.put('b', { claims: [{ ...claim, port: 1 }] }))
    expect(refused).toMatchObject({ status: 503, claims: [{ code: 'haproxy-unavailable' }] })
    expect(subject.edge.ready().ready).toBe(false)
    subject.driver.unavailable = undefined
    await pass(2_000)
    expect((await meanwhile(subject.put('b', { claims: [{ ...claim, port: 1 }] }))).status).toBe(200)
    expect(subject.edge.ready().ready).toBe(true)
  })

  it('is given everything again after a crash', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.driver.crash()
    await pass(2_000)
    expect(subject.edge.routes(EVERYTHING)).toMatchObject([{ state: 'live' }])
  })
})

/** How often the edge plans, from now on: each plan asks once whether HAProxy is crowded. */
function countPlans({ driver }: EdgeInMemory): () => number {
  let count = 0
  Object.defineProperty(driver, 'isCrowded', {
    get: () => {
      count++
      return false
    },
  })
  return () => count
}

describe('the reconciler sleeps', () => {
  it('until its reload is due, where what was refused before is among the changes', async () => {
    const subject = await started()
    subject.driver.takenPorts.add(8443)
    await meanwhile(subject.put('a', document))
    await meanwhile(subject.put('b', { claims: [{ ...claim, port: 1 }] }))
    const plans = countPlans(subject)
    await pass(20_000)
    // One or two a look and a retry; 121 where it wakes each millisecond until the reload is due.
    expect(plans()).toBeLessThan(80)
  })

  it('for a while, where the data plane does not answer, whatever was to be tried meanwhile', async () => {
    const subject = await started()
    subject.driver.takenPorts.add(8443)
    await meanwhile(subject.put('a', document))
    subject.driver.unavailable = 'no answer'
    let looks = 0
    const observe = subject.driver.observe.bind(subject.driver)
    subject.driver.observe = (desired) => {
      looks++
      return observe(desired)
    }
    await pass(10_000)
    // One each 500 ms; 8,006 where it goes by what is overdue.
    expect(looks).toBeLessThan(25)
  })
})
