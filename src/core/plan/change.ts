import type { Backend, PortKey, Route } from '../route.ts'

/** One step from what runs to what is wanted. */
export type Change =
  /** Settings around the routes differ. */
  | { readonly kind: 'refresh-foundation' }
  /** A frontend port that is not there yet. */
  | { readonly kind: 'open'; readonly key: PortKey; readonly route: Route }
  /** A frontend port whose settings other than its backends changed. */
  | { readonly kind: 'reshape'; readonly key: PortKey; readonly route: Route }
  /** A frontend port that nobody claims any more. */
  | { readonly kind: 'close'; readonly key: PortKey }
  | { readonly kind: 'add-backend'; readonly key: PortKey; readonly backend: Backend; readonly route: Route }
  /** A backend on its way out that is wanted again. */
  | { readonly kind: 'readmit-backend'; readonly key: PortKey; readonly name: string }
  /** Takes no new connections from here on; leaves when its last session ends or the drain time is over. */
  | { readonly kind: 'retire-backend'; readonly key: PortKey; readonly name: string }

/** Whether a change can only be made by loading a new configuration. */
export function needsReload(change: Change): boolean {
  switch (change.kind) {
    case 'refresh-foundation':
    case 'open':
    case 'reshape':
    case 'close':
      return true
    default:
      return false
  }
}

/** The ports that changes are about. */
export function keysOf(changes: readonly Change[]): Set<PortKey> {
  return new Set(changes.flatMap((change) => (change.kind === 'refresh-foundation' ? [] : [change.key])))
}
