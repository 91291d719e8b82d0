import type { ObservedBackend } from '../plan/observed.ts'
import { backendName, type PortKey } from '../route.ts'
import type { RuntimeChange } from './commands.ts'

type Backends = ReadonlyMap<PortKey, ReadonlyMap<string, ObservedBackend>>

/** Whether a change that was made at run time is to be seen there. */
export function isDone(change: RuntimeChange, backends: Backends): boolean {
  const servers = backends.get(change.key)
  switch (change.kind) {
    case 'add-backend':
      return servers?.get(backendName(change.backend))?.admission === 'ready'
    case 'readmit-backend':
      return servers?.get(change.name)?.admission === 'ready'
    case 'retire-backend':
      return servers?.get(change.name)?.admission !== 'ready'
  }
}
