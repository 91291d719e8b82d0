import { expect, it } from 'vitest'
import type { ObservedBackend } from '../plan/observed.ts'
import type { PortKey } from '../route.ts'
import { observeRoutes } from './observe.ts'

const backends = (name: string) =>
  new Map<string, ObservedBackend>([[name, { name, admission: 'ready', health: 'up', sessions: 0 }]])
const shapes = (...keys: PortKey[]) => new Map(keys.map((key) => [key, 'a shape']))

it('gives the very same routes where nothing changed', () => {
  const seen = new Map([['tcp/1', backends('a')] as const])
  const before = observeRoutes(shapes('tcp/1', 'tcp/2'), seen)
  expect(observeRoutes(shapes('tcp/1', 'tcp/2'), seen, before)).toBe(before)
})

it('makes anew only the routes that changed, and leaves those of before as they were', () => {
  const [a, b, c] = [backends('a'), backends('b'), backends('c')]
  const before = observeRoutes(shapes('tcp/1', 'tcp/2'), new Map([['tcp/1', a] as const, ['tcp/2', b]]))
  const after = observeRoutes(
    shapes('tcp/1', 'tcp/2'),
    new Map([['tcp/1', a] as const, ['tcp/2', c]]),
    before,
  )
  expect(after.get('tcp/1')).toBe(before.get('tcp/1'))
  expect(after.get('tcp/2')).toEqual({ shape: 'a shape', backends: c })
  expect(before.get('tcp/2')).toEqual({ shape: 'a shape', backends: b })
})

it('has the routes that are open and no others, also when as many close as open', () => {
  const before = observeRoutes(shapes('tcp/1', 'tcp/2'), new Map())
  expect([...observeRoutes(shapes('tcp/2', 'tcp/3'), new Map(), before).keys()]).toEqual(['tcp/2', 'tcp/3'])
  expect([...observeRoutes(shapes('tcp/2'), new Map(), before).keys()]).toEqual(['tcp/2'])
})
