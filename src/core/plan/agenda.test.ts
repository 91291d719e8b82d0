import { expect, it } from 'vitest'
import { aRoute, routesOf } from '../../testing/routes.ts'
import { Agenda } from './agenda.ts'
import type { Observed } from './observed.ts'

const nothing: Observed = { routes: new Map(), foundationCurrent: true }
const route = aRoute(8443)
const taken = { code: 'port-taken-on-host', detail: 'sshd has it' } as const

/** Wants the route, and hears that its port is taken. */
function refused(): Agenda {
  const agenda = new Agenda()
  agenda.want(routesOf(route), [route.key])
  const agendum = agenda.draw(nothing, 0, false)
  const outcome = { refused: new Map([[route.key, taken]]), reloaded: false, observed: nothing }
  agenda.made(agendum.changes, agendum, outcome, 0)
  return agenda
}

it('tells why a route is not served until it was made, and no longer', () => {
  const agenda = refused()
  expect(agenda.refusal(route.key)).toEqual(taken)
  const again = agenda.draw(nothing, 2_000, false)
  expect(again.changes.map(({ kind }) => kind)).toEqual(['open'])
  agenda.made(again.changes, again, { refused: new Map(), reloaded: true, observed: nothing }, 2_000)
  expect(agenda.refusal(route.key)).toBeUndefined()
})

it('says nothing of a route that is wanted since the one was tried that was refused', () => {
  const agenda = new Agenda()
  agenda.want(routesOf(route), [route.key])
  const agendum = agenda.draw(nothing, 0, false)
  const other = aRoute(8443, { allow: [] })
  agenda.want(routesOf(other), [other.key])
  const outcome = { refused: new Map([[route.key, taken]]), reloaded: false, observed: nothing }
  agenda.made(agendum.changes, agendum, outcome, 0)
  expect(agenda.refusal(route.key)).toBeUndefined()
  expect(agenda.wanted(0).get(route.key)).toBe(other)
})
