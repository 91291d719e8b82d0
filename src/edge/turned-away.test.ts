import { expect, it } from 'vitest'
import { createLog } from '../log.ts'
import { TurnedAway } from './turned-away.ts'

function record() {
  const told: string[] = []
  const clock = { now: 0 }
  const log = createLog('info', (line) => {
    const { address, count } = JSON.parse(line)
    told.push(`${address} ${count}`)
  })
  return { told, clock, turnedAway: new TurnedAway(log, () => clock.now) }
}

it('tells of the first at once and of the rest once a minute', () => {
  const { told, clock, turnedAway } = record()
  for (let call = 0; call < 1000; call++) turnedAway.note('192.0.2.1')
  expect(told).toEqual(['192.0.2.1 1'])
  clock.now = 60_000
  turnedAway.sweep()
  expect(told).toEqual(['192.0.2.1 1', '192.0.2.1 999'])
  expect(turnedAway.total).toBe(1000)
})

it('writes a line a minute for each address that goes on', () => {
  const { told, clock, turnedAway } = record()
  for (; clock.now < 180_000; clock.now += 1000) {
    turnedAway.note('192.0.2.1')
    turnedAway.note('2001:db8::1')
  }
  expect(told.filter((line) => line.startsWith('192'))).toHaveLength(3)
  expect(told.filter((line) => line.startsWith('2001'))).toHaveLength(3)
})

it('forgets who stopped, and tells of them anew when they come back', () => {
  const { told, clock, turnedAway } = record()
  turnedAway.note('192.0.2.1')
  clock.now = 120_000
  turnedAway.note('192.0.2.1')
  expect(told).toEqual(['192.0.2.1 1', '192.0.2.1 1'])
})

it('is not led to write a line for each of very many addresses', () => {
  const { told, turnedAway } = record()
  for (let host = 0; host < 5000; host++) turnedAway.note(`2001:db8::${host.toString(16)}`)
  expect(told).toHaveLength(1001)
  expect(told.at(-1)).toBe('others 1')
})
