import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseBearer } from '../wire/bearer.ts'
import type { StoreChange, TokenRecord } from './store/store.ts'
import { TokenBook } from './token-book.ts'

const FINGERPRINT = 'f'.repeat(43)

function aBook(tokens: readonly TokenRecord[] = [], fingerprint = FINGERPRINT) {
  const changes: StoreChange[] = []
  const clock = { now: 1_000 }
  const told = { changes: 0 }
  const book = new TokenBook({
    store: {
      load: () => ({ documents: [], owners: [], tokens: [], edgeTime: 0 }),
      commit: (rows) => changes.push(...rows),
      close: () => {},
    },
    tokens,
    fingerprint,
    wallClock: () => clock.now,
    edgeTime: () => 0,
    randomBytes,
    onChange: () => {
      told.changes += 1
    },
  })
  return { book, changes, clock, told }
}

const request = { name: 'home', scope: { role: 'phone' as const, clusters: ['home'] } }

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code)
  }
  return 'none'
}

describe('a token', () => {
  it("opens what it was made for, at once, and tells the edge's fingerprint", () => {
    const { book } = aBook()
    const { token, id } = book.create(request)
    expect(book.authenticate(`Bearer ${token}`)).toEqual({ id, scope: request.scope })
    expect(parseBearer(token)?.fingerprint).toBe(FINGERPRINT)
  })

  it('is known again after a restart, from a hash only', () => {
    const { book, changes } = aBook()
    const { token } = book.create(request)
    const [change] = changes
    if (change?.kind !== 'put-token') throw new Error('nothing was stored')
    expect(JSON.stringify(change)).not.toContain(parseBearer(token)?.secret)
    expect(aBook([change.token]).book.authenticate(`Bearer ${token}`).id).toBe(change.token.id)
  })

  it('opens nothing once it is revoked', () => {
    const { book } = aBook()
    const { token, id } = book.create(request)
    book.revoke(id)
    expect(codeOf(() => book.authenticate(`Bearer ${token}`))).toBe('token-unknown')
    expect(book.lives(id)).toBe(false)
    expect(codeOf(() => book.revoke(id))).toBe('not-found')
  })

  it('opens nothing from the moment at which it expires', () => {
    const { book, clock } = aBook()
    const { token, id } = book.create({ ...request, expires: '1970-01-01T00:00:02.000Z' })
    clock.now = 1_999
    expect(book.lives(id)).toBe(true)
    clock.now = 2_000
    expect(codeOf(() => book.authenticate(`Bearer ${token}`))).toBe('token-expired')
    expect(book.lives(id)).toBe(false)
  })
})

it('a change is told of, and what changes nothing is not', () => {
  const { book, told } = aBook()
  const { token, id } = book.create(request)
  book.authenticate(`Bearer ${token}`)
  expect(told.changes).toBe(1)
  book.revoke(id)
  expect(codeOf(() => book.revoke(id))).toBe('not-found')
  expect(told.changes).toBe(2)
})

describe('what is no token', () => {
  const { book } = aBook()
  const { token } = book.create(request)
  const [version, print, id] = token.split('.')

  it.each([
    ['token-missing', undefined],
    ['token-missing', ''],
    ['token-missing', `Basic ${token}`],
    ['token-unknown', 'Bearer '],
    ['token-unknown', 'Bearer hp1'],
    ['token-unknown', `Bearer ${token}x`],
    ['token-unknown', `Bearer ${[version, print, id, 'A'.repeat(43)].join('.')}`],
    ['token-unknown', `Bearer ${[version, print, '00000000', token.split('.')[3]].join('.')}`],
    ['token-unknown', 'Bearer hp1.constructor.__proto__.x'],
  ])('%s: %s', (code, header) => {
    expect(codeOf(() => book.authenticate(header))).toBe(code)
  })
})

it('a list has no secrets, and tells when each was last used', () => {
  const { book } = aBook()
  const { token } = book.create(request)
  book.authenticate(`Bearer ${token}`)
  expect(book.list()).toEqual([
    expect.objectContaining({
      name: 'home',
      created: '1970-01-01T00:00:01.000Z',
      lastUsed: '1970-01-01T00:00:01.000Z',
    }),
  ])
  expect(JSON.stringify(book.list())).not.toContain(parseBearer(token)?.secret)
})

it('counts the living tokens that name another key', () => {
  const { book, changes } = aBook()
  book.create(request)
  book.create({ ...request, expires: new Date(2_000).toISOString() })
  const records = changes.flatMap((change) => (change.kind === 'put-token' ? change.token : []))
  expect(book.countOfOtherKey()).toBe(0)
  const renewed = aBook(records, 'g'.repeat(43))
  renewed.book.create(request)
  expect(renewed.book.countOfOtherKey()).toBe(2)
  renewed.clock.now = 3_000
  expect(renewed.book.countOfOtherKey()).toBe(1)
})
