import { shapeOf } from '../plan/shape.ts'
import type { PortKey, Route, Routes } from '../route.ts'
import { type Config, composeConfig, type Digest } from './config.ts'
import { renderHead, renderServers, type Section } from './section.ts'

/** What a HAProxy has loaded, as far as it was loaded or recognised here. */
export interface Loaded {
  readonly config: Config
  /** `shapeOf` the route that each section stands for; undefined for a section that another daemon's ideas made. */
  readonly shapes: ReadonlyMap<PortKey, string | undefined>
}

/** What stays the same from one configuration to the next. */
export interface Ground {
  /** See `renderFoundation`. */
  readonly foundation: string
  readonly bind: readonly string[]
  readonly digest: Digest
  /** Renders a route, once: most routes are the same from one configuration to the next. */
  readonly render: (route: Route) => Section
}

/** @param bind The addresses to listen on; `::` stands for all of IPv6 and only that. */
export function makeGround(foundation: string, bind: readonly string[], digest: Digest): Ground {
  const rendered = new WeakMap<Route, Section>()
  const render = (route: Route): Section => {
    const section = rendered.get(route) ?? { head: renderHead(route, bind), servers: renderServers(route) }
    rendered.set(route, section)
    return section
  }
  return { foundation, bind, digest, render }
}

/**
 * What to load for `desired`. A route that is refused keeps the section that runs, where there is one, so that a change
 * that cannot be made takes nothing away.
 */
export function candidate(
  ground: Ground,
  desired: Routes,
  refused: ReadonlyMap<PortKey, unknown>,
  running: Loaded | undefined,
): Loaded {
  const sections = new Map<PortKey, Section>()
  const shapes = new Map<PortKey, string | undefined>()
  for (const [key, route] of desired) {
    const section = refused.has(key) ? running?.config.sections.get(key) : ground.render(route)
    if (!section) continue
    sections.set(key, section)
    shapes.set(key, refused.has(key) ? running?.shapes.get(key) : shapeOf(route))
  }
  return { config: composeConfig(ground.foundation, sections, ground.digest), shapes }
}

/**
 * What a worker runs that this daemon did not load itself, read from the file that it was loaded from. A section that is not
 * what `desired` would be rendered as gets no shape, so that the plan loads it anew. The servers are those of the file, which
 * may have been changed at run time since.
 */
export function recognise(ground: Ground, config: Config, desired: Routes): Loaded {
  const shapes = new Map<PortKey, string | undefined>()
  for (const [key, { head }] of config.sections) {
    const route = desired.get(key)
    shapes.set(key, route && ground.render(route).head === head ? shapeOf(route) : undefined)
  }
  return { config, shapes }
}
