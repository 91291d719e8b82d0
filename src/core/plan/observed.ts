import type { Health } from '../../wire/document.ts'
import type { PortKey } from '../route.ts'

/** A backend as the data plane has it now. */
export interface ObservedBackend {
  readonly name: string
  /** `ready` takes new connections; `leaving` takes none and finishes those it has. */
  readonly admission: 'ready' | 'leaving'
  readonly health: Health
  /** Why it is down, in the data plane's words. */
  readonly reason?: string
  readonly sessions: number
}

/** A frontend port as the data plane has it now. */
export interface ObservedRoute {
  /** What `shapeOf` gave for the route that was loaded; undefined when another hand loaded it. */
  readonly shape: string | undefined
  readonly backends: ReadonlyMap<string, ObservedBackend>
}

export interface Observed {
  readonly routes: ReadonlyMap<PortKey, ObservedRoute>
  /**
   * Whether everything that is no route (global settings, defaults) is as this daemon would load it. False after an
   * upgrade of the daemon, a change of its config, or a hand-made change: a reload mends it.
   */
  readonly foundationCurrent: boolean
}
