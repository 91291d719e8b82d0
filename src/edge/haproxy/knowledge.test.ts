import { describe, expect, it } from 'vitest'
import { candidate, makeGround } from '../../core/haproxy/candidate.ts'
import type { ServerState } from '../../core/haproxy/show-servers-state.ts'
import type { Route } from '../../core/route.ts'
import { aRoute, routesOf, to } from '../../testing/routes.ts'
import { digest } from './footing.ts'
import { Knowledge } from './knowledge.ts'

const ground = makeGround('global\n    description -\n', ['0.0.0.0'], digest)

function loadedWith(route: Route) {
  return candidate(ground, routesOf(route), new Map(), undefined)
}

const running = ({ port }: Route, address: string): ServerState => ({
  proxy: `tcp-${port}`,
  name: `${address}:30843`,
  ...{ operation: 2, administration: 0, checkResult: 0, check: 0 },
})

/** As when HAProxy took it all. */
function change(known: Knowledge, route: Route): void {
  known.seeServers(
    [route.key],
    route.backends.map(({ address }) => running(route, address)),
  )
  known.change([route.key], routesOf(route))
}

describe('what is to stand in the file', () => {
  const old = aRoute(8443, { backends: [to('192.0.2.1')] })
  const moved = aRoute(8443, { backends: [to('192.0.2.2')] })

  it('has the servers as they were last changed, however often', () => {
    const known = new Knowledge()
    known.load(loadedWith(old))
    const later = known.textLater()
    for (const route of [moved, old, moved]) change(known, route)
    expect(later?.()).toContain('192.0.2.2')
    expect(later?.()).not.toContain('192.0.2.1')
    expect(known.text()).toBe(later?.())
  })

  it('has no server that HAProxy did not take', () => {
    const known = new Knowledge()
    known.load(loadedWith(old))
    known.seeServers([old.key], [running(old, '192.0.2.1')])
    known.change([old.key], routesOf({ ...old, backends: [to('192.0.2.1'), to('192.0.2.2')] }))
    expect(known.text()).toContain('192.0.2.1')
    expect(known.text()).not.toContain('192.0.2.2')
  })

  it('forgets what was changed before another configuration was loaded', () => {
    const known = new Knowledge()
    known.load(loadedWith(old))
    change(known, moved)
    known.load(loadedWith(old))
    expect(known.text()).toContain('192.0.2.1')
  })

  it('is what was known last where HAProxy runs what another hand wrote, and nothing from then on', () => {
    const known = new Knowledge()
    known.load(loadedWith(old))
    const later = known.textLater()
    known.load(undefined)
    expect(later?.()).toContain('192.0.2.1')
    expect(known.textLater()).toBeUndefined()
  })
})
