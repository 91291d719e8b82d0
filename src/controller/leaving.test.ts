import { expect, it } from 'vitest'
import { Leaving } from './leaving.ts'

function leaving() {
  const looks: number[] = []
  const time = { now: 1_000 }
  const subject = new Leaving({
    releaseTime: 600,
    now: () => time.now,
    again: (_, ms) => looks.push(ms),
  })
  return { subject, time, looks }
}

it('lets a Service go when its time is over, from the first look on', () => {
  const { subject, time } = leaving()
  expect(subject.isOverdue('web/nginx')).toBe(false)
  time.now += 599
  expect(subject.isOverdue('web/nginx')).toBe(false)
  time.now += 1
  expect(subject.isOverdue('web/nginx')).toBe(true)
})

it('asks for the look at its end with every look before', () => {
  const { subject, time, looks } = leaving()
  subject.isOverdue('web/nginx')
  time.now += 200
  subject.isOverdue('web/nginx')
  expect(looks).toEqual([600, 400])
})

it('begins anew with one that stayed', () => {
  const { subject, time } = leaving()
  subject.isOverdue('web/nginx')
  subject.stays('web/nginx')
  time.now += 1_000
  expect(subject.isOverdue('web/nginx')).toBe(false)
})
