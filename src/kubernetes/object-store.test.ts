import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ObjectStore } from './object-store.ts'

interface Slice {
  readonly service: string
}

/** A store of slices by their Service, and what it told. */
function stored() {
  const told: unknown[] = []
  const store = new ObjectStore<Slice>(
    (...change) => told.push(change),
    ({ service }) => (service === '' ? [] : [service]),
  )
  return { store, told }
}

describe('ObjectStore', () => {
  it('tells of what is new, changed and gone, and of nothing that is equal', () => {
    const { store, told } = stored()
    store.set('a', { service: 's' })
    store.set('a', { service: 's' })
    store.set('a', { service: 't' })
    store.set('b', undefined)
    store.set('a', undefined)
    expect(told).toEqual([
      ['a', undefined, { service: 's' }],
      ['a', { service: 's' }, { service: 't' }],
      ['a', { service: 't' }, undefined],
    ])
  })

  it('has done the change when it tells of it', () => {
    const seen: unknown[] = []
    const store: ObjectStore<Slice> = new ObjectStore(
      (key) => seen.push(store.get(key), [...store.keysBy('s')]),
      ({ service }) => [service],
    )
    store.set('a', { service: 's' })
    store.set('a', undefined)
    expect(seen).toEqual([{ service: 's' }, ['a'], undefined, []])
  })

  it('keeps what is there still, and takes the rest away', () => {
    const { store, told } = stored()
    for (const key of ['a', 'b', 'c']) store.set(key, { service: 's' })
    store.retain(new Set(['b', 'd']))
    expect([...store.entries()]).toEqual([['b', { service: 's' }]])
    expect(told.slice(3)).toEqual([
      ['a', { service: 's' }, undefined],
      ['c', { service: 's' }, undefined],
    ])
  })

  it('finds by the index whatever a look at everything would find', () => {
    const service = fc.constantFrom('', 's', 't')
    const change = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.option(service, { nil: undefined }))
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const { store } = stored()
        for (const [key, value] of changes) {
          store.set(key, value === undefined ? undefined : { service: value })
        }
        for (const wanted of ['s', 't']) {
          const found = [...store.entries()].filter(([, object]) => object.service === wanted)
          expect([...store.keysBy(wanted)].sort()).toEqual(found.map(([key]) => key).sort())
        }
      }),
    )
  })
})
