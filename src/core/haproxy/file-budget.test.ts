import { describe, expect, it } from 'vitest'
import { aRoute, routesOf, to } from '../../testing/routes.ts'
import { beyondBudget, shareOut } from './file-budget.ts'

describe('shareOut', () => {
  it.each([
    [1_024, { connections: 164, routes: 496 }],
    [20_000, { connections: 3_960, routes: 11_880 }],
    [1_048_576, { connections: 100_000, routes: 100_000 }],
    [100, { connections: 0, routes: 0 }],
  ])('a limit of %i', (limit, budget) => {
    expect(shareOut(limit)).toEqual(budget)
  })

  it('gives connections first where the operator says how many', () => {
    expect(shareOut(20_000, 9_000)).toEqual({ connections: 9_000, routes: 1_800 })
  })
})

describe('beyondBudget', () => {
  const checked = { check: { type: 'tcp' }, backends: [to('127.0.0.2'), to('127.0.0.3')] } as const
  const routes = routesOf(aRoute(1, checked), aRoute(2, checked), aRoute(3))

  it.each([
    [11, []],
    [10, ['tcp/3']],
    [7, ['tcp/2']],
    [4, ['tcp/2', 'tcp/3']],
    [1, ['tcp/1', 'tcp/2', 'tcp/3']],
  ])('of %i files', (files, beyond) => {
    expect([...beyondBudget(routes, new Map(), 2, { connections: 0, routes: files })]).toEqual(beyond)
  })

  it('lets those stay that run', () => {
    const running = new Map([['tcp/2' as const, true]])
    expect([...beyondBudget(routes, running, 2, { connections: 0, routes: 7 })]).toEqual(['tcp/1'])
  })
})
