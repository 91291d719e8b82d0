import { describe, expect, it } from 'vitest'
import { candidate, makeGround } from '../../core/haproxy/candidate.ts'
import type { Route } from '../../core/route.ts'
import { aRoute, routesOf, to } from '../../testing/routes.ts'
import { digest } from './footing.ts'
import { Knowledge } from './knowledge.ts'

const ground = makeGround('global\n    description -\n', ['0.0.0.0'], digest)

function loadedWith(route: Route) {
  return candidate(ground, routesOf(route), new Map(), undefined)
}

describe('what is to stand in the file', () => {
  const old = aRoute(8443, { backends: [to('192.0.2.1')] })
  const moved = aRoute(8443, { backends: [to('192.0.2.2')] })

  it('has the servers as they were last changed, however often', () => {
    const known = new Knowledge()
    known.load(loadedWith(old))
    const later = known.textLater()
    for (const route of [moved, old, moved]) known.change([route.key], routesOf(route))
    expect(later?.()).toContain('192.0.2.2')
    expect(later?.()).not.toContain('192.0.2.1')
    expect(known.text()).toBe(later?.())
  })

  it('forgets what was changed before another configuration was loaded', () => {
    const known = new Knowledge()
    known.load(loadedWith(old))
    known.change([moved.key], routesOf(moved))
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
