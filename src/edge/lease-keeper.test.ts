import { describe, expect, it } from 'vitest'
import { aCall, HOLD_TIME } from '../testing/edge-in-memory.ts'
import {
  document,
  EVERYTHING,
  meanwhile,
  NODE,
  otherOwner,
  pass,
  started,
  underFakeTimers,
} from '../testing/edge-under-fake-timers.ts'

underFakeTimers()

describe('a phone that falls silent', () => {
  it('keeps its port and its backend while that is well, for the hold time', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    subject.driver.setHealth('tcp/8443', NODE, 'up')
    await pass(65_000)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ state: 'stale' }])
    expect(subject.edge.routes(EVERYTHING)).toMatchObject([{ state: 'live', backends: [{ stale: true }] }])
    expect((await meanwhile(subject.put('b', otherOwner))).claims).toMatchObject([{ code: 'port-taken' }])
    await pass(HOLD_TIME)
    expect(subject.edge.routes(EVERYTHING)).toMatchObject([{ owner: 'home/web/nginx' }])
    expect(subject.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['phone-silent', 'phone-gone']),
    )
  })

  it('loses a backend that fails, and gets it back only by a call', async () => {
    const subject = await started()
    await meanwhile(subject.put('a', document))
    await pass(62_000)
    subject.driver.setHealth('tcp/8443', NODE, 'down')
    await pass(3_000)
    expect(subject.edge.routes(EVERYTHING)).toEqual([])
    expect((await meanwhile(subject.put('b', otherOwner))).claims).toMatchObject([{ code: 'port-taken' }])
    expect((await meanwhile(subject.put('a', document))).claims).toMatchObject([{ state: 'live' }])
  })

  it('is back with its next call', async () => {
    const subject = await started()
    const { digest } = await meanwhile(subject.put('a', document))
    await pass(65_000)
    subject.edge.renew(aCall('a'), digest)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ state: 'live', lapsesIn: 60 }])
    await pass(50_000)
    expect(subject.edge.claims(EVERYTHING)).toMatchObject([{ state: 'live' }])
  })
})
