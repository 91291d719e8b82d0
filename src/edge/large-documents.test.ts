import { expect, it, vi } from 'vitest'
import { aCall } from '../testing/edge-in-memory.ts'
import { meanwhile, useFakeTime } from '../testing/fake-time.ts'
import { claim, document, EVERYTHING, started } from '../testing/started-edge.ts'

useFakeTime()

const large = {
  claims: [claim, ...Array.from({ length: 2_000 }, () => ({ ...claim, owner: 'mqtt/another' }))],
}

it('lets another phone be answered first', async () => {
  const subject = await started()
  await meanwhile(subject.put('b', { claims: [{ ...claim, port: 1 }] }))
  const order: string[] = []
  const first = subject.put('a', large).then(() => order.push('large'))
  const second = subject.put('b', { claims: [{ ...claim, port: 1 }] }).then(() => order.push('renewal'))
  await meanwhile(Promise.all([first, second]))
  expect(order).toEqual(['renewal', 'large'])
})

it('is overtaken by no later call of its own phone', async () => {
  const subject = await started()
  const calls = [subject.put('a', large), subject.put('a', document), subject.put('a', { claims: [] })]
  await meanwhile(Promise.all(calls))
  expect(subject.edge.claims(EVERYTHING)).toEqual([])
})

it('is released by a release that comes while it is read', async () => {
  const subject = await started()
  const put = subject.put('a', large).catch(() => {})
  await meanwhile(subject.edge.release(aCall('a')))
  await meanwhile(put)
  expect(subject.edge.claims(EVERYTHING)).toEqual([])
})

it('is answered in a turn of its own, behind whatever came while its ports were opened', async () => {
  const subject = await started()
  const order: string[] = []
  const { apply } = subject.driver
  vi.spyOn(subject.driver, 'apply').mockImplementation((...changes) => {
    setImmediate(() => order.push('other'))
    return apply.apply(subject.driver, changes)
  })
  const claims = Array.from({ length: 1_001 }, (_, at) => ({ ...claim, port: at + 1 }))
  await meanwhile(subject.put('a', { claims }).then(() => order.push('answer')))
  expect(order).toEqual(['other', 'answer'])
})
