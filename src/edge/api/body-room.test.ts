import { expect, it } from 'vitest'
import { RequestRefused } from '../request-refused.ts'
import { BodyRoom } from './body-room.ts'

function codeOf(act: () => unknown): string {
  try {
    act()
    return 'none'
  } catch (error) {
    return error instanceof RequestRefused ? error.code : 'unknown'
  }
}

it('has one place for each token, and so many bytes for all', () => {
  const room = new BodyRoom(100)
  const first = room.enter('a', 60)
  expect(codeOf(() => room.enter('a', 1))).toBe('edge-busy')
  expect(codeOf(() => room.enter('b', 41))).toBe('edge-busy')
  room.enter('b', 40).leave()
  first.leave()
  expect(codeOf(() => room.enter('a', 100))).toBe('none')
})

it('gives a place away once, however often it is left', () => {
  const room = new BodyRoom(100)
  const first = room.enter('a', 60)
  first.leave()
  const second = room.enter('a', 60)
  first.leave()
  expect(codeOf(() => room.enter('a', 1))).toBe('edge-busy')
  second.hangUp()
  expect(codeOf(() => room.enter('b', 100))).toBe('none')
})

it('keeps the place of a body that is in work when its caller is gone', () => {
  const room = new BodyRoom(100)
  const place = room.enter('a', 60)
  place.work()
  place.hangUp()
  expect(codeOf(() => room.enter('a', 1))).toBe('edge-busy')
  place.leave()
  expect(codeOf(() => room.enter('a', 100))).toBe('none')
})
