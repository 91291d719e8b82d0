import { describe, expect, it } from 'vitest'
import { meanwhile, pass, useFakeTime } from '../testing/fake-time.ts'
import { claim, document, EVERYTHING, NODE, started } from '../testing/started-edge.ts'

useFakeTime()

describe('a call', () => {
  it('is answered when its claims are live', async () => {
    const subject = await started()
    const { status, claims } = await meanwhile(subject.put('a', document))
    expect(status).toBe(200)
    expect(claims).toMatchObject([{ port: 8443, state: 'live', backends: [{ health: 'checking' }] }])
    expect(subject.driver.applied.map(({ kind }) => kind)).toEqual(['open'])
  })

  it('leaves what it says as it is when it comes again: nothing written, nothing applied', async () => {
    const subject = await started()
    const first = await meanwhile(subject.put('a', document))
    const { commits } = subject.store
    const again = await subject.put('a', document)
    const otherBytes = await meanwhile(subject.put('a', { ttl: 60, claims: [claim] }))
    expect([again.digest, otherBytes.digest]).toEqual([first.digest, first.digest])
    expect(subject.store.commits).toBe(commits)
    expect(subject.driver.applied).toHaveLength(1)
  })

  it('is answered anew when only its bad claims changed, without waiting for the next look', async () => {
    const subject = await started()
    const bad = (port: number) => ({ claims: [claim, { ...claim, port, owner: 'nobody' }] })
    const first = await meanwhile(subject.put('a', bad(1)))
    const start = performance.now()
    const second = await meanwhile(subject.put('a', bad(2)))
    expect(performance.now() - start).toBeLessThan(100)
    expect(second.digest).not.toBe(first.digest)
    expect(second.claims.map(({ port }) => port)).toEqual([8443, 2])
  })

  it('that leaves a claim out is answered when its port is closed', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', { claims: [claim, { ...claim, port: 9000 }] }))
    await meanwhile(subject.put('a', document))
    expect(subject.driver.applied.map(({ kind }) => kind)).toEqual(['open', 'open', 'close'])
  })

  it('moves the traffic when it comes from another address', async () => {
    const subject = await started()
    const fromCaller = { claims: [{ ...claim, backends: [{ port: 30843 }] }] }
    await meanwhile(subject.put('a', fromCaller))
    await meanwhile(subject.put('a', fromCaller, { caller: '203.0.113.8' }))
    expect(subject.edge.routes(EVERYTHING)[0]?.backends.map(({ address }) => address)).toEqual([
      '203.0.113.8',
    ])
    expect(subject.driver.applied.map(({ kind }) => kind)).toEqual(['open', 'add-backend', 'retire-backend'])
  })

  it('tells of health as it changes, and its revision tells that it did', async () => {
    const subject = await started()
    const first = await meanwhile(subject.put('a', document))
    subject.driver.setHealth('tcp/8443', NODE, 'down', 'connection refused')
    await pass(2_000)
    const second = await meanwhile(subject.put('a', document))
    expect(second.claims[0]?.backends).toEqual([
      { address: '10.0.0.1', port: 30843, health: 'down', reason: 'connection refused' },
    ])
    expect(second.revision).not.toBe(first.revision)
  })

  it('is one of fifty at once: one commit, one reload', async () => {
    const subject = await started()
    const { commits } = subject.store
    const calls = Array.from({ length: 50 }, (_, index) =>
      subject.put(`p${index}`, { claims: [{ ...claim, port: 10_000 + index }] }),
    )
    const answers = await meanwhile(Promise.all(calls))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(subject.store.commits - commits).toBe(1)
    expect((await subject.edge.status(EVERYTHING)).haproxy.reloads).toBe(1)
  })
})

it('a heartbeat is not logged and no event', async () => {
  const subject = await started()
  await meanwhile(subject.put('a', document))
  await pass(3_000)
  const [lines, events] = [subject.logged.length, subject.events.length]
  await meanwhile(subject.put('a', document))
  await pass(3_000)
  expect([subject.logged.length, subject.events.length]).toEqual([lines, events])
})

it('a port that the machine may take for itself is served, with a warning that is told once', async () => {
  const subject = await started()
  const away = { claims: [claim, { ...claim, port: 40_000 }] }
  await meanwhile(subject.put('a', away))
  await meanwhile(subject.put('a', away))
  await pass(2_000)
  const live = subject.events.filter(({ type }) => type === 'route-live')
  expect(live.map(({ subject, detail }) => [subject, detail?.slice(0, 13)])).toEqual([
    ['tcp/8443', undefined],
    ['tcp/40000', 'port 40000 is'],
  ])
  expect((await subject.edge.status(EVERYTHING)).warnings).toEqual([
    expect.stringMatching(/^port 40000 is .*ip_local_reserved_ports/),
  ])
})
