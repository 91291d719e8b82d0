import { expect, it } from 'vitest'
import { Leaving } from './leaving.ts'

function leaving() {
  const looks: number[] = []
  const time = { now: 1_000 }
  const subject = new Leaving({
    releaseTime: 600,
    now: () => time.now,
    wallClock: () => 1_700_000_000_000 + time.now,
    again: (_, ms) => looks.push(ms),
  })
  return { subject, time, looks }
}

it('lets a Service go when its time is over, from the first look on', () => {
  const { subject, time } = leaving()
  expect(subject.isOverdue({ key: 'web/nginx' })).toBe(false)
  time.now += 599
  expect(subject.isOverdue({ key: 'web/nginx' })).toBe(false)
  time.now += 1
  expect(subject.isOverdue({ key: 'web/nginx' })).toBe(true)
})

it('asks for the look at its end with every look before', () => {
  const { subject, time, looks } = leaving()
  subject.isOverdue({ key: 'web/nginx' })
  time.now += 200
  subject.isOverdue({ key: 'web/nginx' })
  expect(looks).toEqual([600, 400])
})

it('begins anew with one that stayed', () => {
  const { subject, time } = leaving()
  subject.isOverdue({ key: 'web/nginx' })
  subject.stays('web/nginx')
  time.now += 1_000
  expect(subject.isOverdue({ key: 'web/nginx' })).toBe(false)
})

it('counts from when it was deleted, whoever led then', () => {
  const { subject, time, looks } = leaving()
  const deletedAt = 1_700_000_000_000 + time.now - 400
  expect(subject.isOverdue({ key: 'web/nginx', deletedAt })).toBe(false)
  expect(looks).toEqual([200])
  time.now += 200
  expect(subject.isOverdue({ key: 'web/nginx', deletedAt })).toBe(true)
})

it('waits no longer than it should where the clock of the API server is ahead', () => {
  const { subject, time } = leaving()
  const deletedAt = 1_700_000_000_000 + time.now + 3_600_000
  subject.isOverdue({ key: 'web/nginx', deletedAt })
  time.now += 600
  expect(subject.isOverdue({ key: 'web/nginx', deletedAt })).toBe(true)
})
