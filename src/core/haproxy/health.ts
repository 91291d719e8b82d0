import type { Health } from '../../wire/document.ts'
import type { ServerState } from './show-servers-state.ts'

/** Bits of srv_check_state (management manual 2.6, `show servers state`). */
const CHECK_CONFIGURED = 0x02
/** srv_op_state of a server that is down. */
const STOPPED = 0
const NO_RESULT_YET = 0

/** Whether a server takes new connections as far as the administration goes: neither drained nor in maintenance. */
export function admissionOf({ administration }: ServerState): 'ready' | 'leaving' {
  return administration === 0 ? 'ready' : 'leaving'
}

/** HAProxy takes a server for running until its first check has failed; Homeport says `checking` until then. */
export function healthOf({ operation, checkResult, check }: ServerState): Health {
  if ((check & CHECK_CONFIGURED) === 0) return 'unchecked'
  if (operation === STOPPED) return 'down'
  return checkResult === NO_RESULT_YET ? 'checking' : 'up'
}
