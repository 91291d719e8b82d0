import { describe, expect, it } from 'vitest'
import { aRoute, to } from '../../testing/routes.ts'
import type { Change } from './change.ts'
import { ReloadToll } from './reload-toll.ts'

function open(port: number, owner = 'home/mqtt/mosquitto', author = 'token'): Change {
  const route = aRoute(port, { owner, author })
  return { kind: 'open', key: route.key, route }
}

function close(port: number): Change {
  return { kind: 'close', key: `tcp/${port}` }
}

/** A toll that `changes` were charged to so many times at 0 ms. */
function charged(times: number, ...changes: Change[]): ReloadToll {
  const toll = new ReloadToll()
  for (let count = 0; count < times; count++) toll.charge(changes, 0)
  return toll
}

describe('ReloadToll', () => {
  it('lets a few through at once, then makes each wait longer, up to five minutes', () => {
    const waits = [3, 4, 5, 6, 7, 30].map((times) => charged(times, open(1)).waitsUntil(open(1), 0))
    expect(waits).toEqual([undefined, 1_000, 2_000, 4_000, 8_000, 300_000])
  })

  it('charges a token in a namespace, whatever names it uses, and nobody else there', () => {
    const toll = charged(6, open(1, 'home/mqtt/a'))
    expect(toll.waitsUntil(open(2, 'home/mqtt/b'), 0)).toBe(4_000)
    expect(toll.waitsUntil(open(3, 'home/web/a'), 0)).toBeUndefined()
    expect(toll.waitsUntil(open(4, 'home/mqtt/a', 'another'), 0)).toBeUndefined()
  })

  it('charges a token over all the namespaces that it makes up', () => {
    const toll = new ReloadToll()
    for (let count = 0; count < 18; count++) toll.charge([open(1, `home/ns${count}/a`)], 0)
    expect(toll.waitsUntil(open(1, 'home/new/a'), 0)).toBe(4_000)
  })

  it('charges a close to whoever opened the port, and a close of unknown origin to nobody', () => {
    const toll = charged(6, open(1))
    expect(toll.waitsUntil(close(1), 0)).toBe(4_000)
    expect(toll.waitsUntil(close(2), 0)).toBeUndefined()
    toll.charge([close(1)], 0)
    expect(toll.waitsUntil(open(5), 0)).toBe(8_000)
  })

  it('charges one reload once, however many ports it opened', () => {
    const toll = charged(4, open(1), open(2), open(3))
    expect(toll.waitsUntil(open(4), 0)).toBe(1_000)
  })

  it('forgives one reload every five minutes', () => {
    const toll = charged(6, open(1))
    expect(toll.waitsUntil(open(1), 3_999)).toBe(4_000)
    expect(toll.waitsUntil(open(1), 4_000)).toBeUndefined()
    toll.charge([open(1)], 900_000)
    expect(toll.waitsUntil(open(1), 900_000)).toBe(901_000)
  })

  it('makes nothing wait that needs no reload', () => {
    const route = aRoute(1, { owner: 'home/mqtt/mosquitto' })
    const add = { kind: 'add-backend', key: route.key, route, backend: to('10.0.0.1') } as const
    expect(charged(9, open(1)).waitsUntil(add, 0)).toBeUndefined()
    expect(charged(9, open(1)).waitsUntil({ kind: 'refresh-foundation' }, 0)).toBeUndefined()
  })
})
