import { RequestRefused } from '../edge/request-refused.ts'
import { EdgeInMemory } from './edge-in-memory.ts'
import { meanwhile } from './fake-time.ts'

/** An edge that has started, under `useFakeTime`. */
export async function started(subject = new EdgeInMemory()): Promise<EdgeInMemory> {
  await meanwhile(subject.edge.start())
  return subject
}

/** The code with which it is refused, or `none`. */
export async function codeOf(act: () => unknown): Promise<string> {
  try {
    await meanwhile(Promise.resolve().then(act))
    return 'none'
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
    return error instanceof Error ? error.name : 'unknown'
  }
}

export const claim = { owner: 'mqtt/mosquitto', port: 8443, backends: [{ address: '10.0.0.1', port: 30843 }] }
export const document = { claims: [claim] }
export const otherOwner = { claims: [{ ...claim, owner: 'web/nginx' }] }
export const EVERYTHING = { role: 'admin' as const }
export const NODE = '10.0.0.1:30843'
