import { expect, it } from 'vitest'
import { ObjectStore } from './object-store.ts'
import { StoreSet } from './store-set.ts'

interface Thing {
  readonly of: string
}

const store = () =>
  new ObjectStore<Thing>(
    () => {},
    ({ of }) => [of],
  )

it('is one store of some namespaces, and of no other', () => {
  const [a, b] = [store(), store()]
  const all = new StoreSet(
    new Map([
      ['a', a],
      ['b', b],
    ]),
  )
  all.set('a/x', { of: 'one' })
  all.set('b/x', { of: 'one' })
  all.set('c/x', { of: 'one' })
  expect([a.size, b.size]).toEqual([1, 1])
  expect([...all.entries()].map(([key]) => key)).toEqual(['a/x', 'b/x'])
  expect([...all.keysBy('one')]).toEqual(['a/x', 'b/x'])
  expect([...all.keysBy('two')]).toEqual([])
  expect(all.get('b/x')).toEqual({ of: 'one' })
  expect(all.get('c/x')).toBeUndefined()
  all.set('a/x', undefined)
  expect(all.get('a/x')).toBeUndefined()
})
