import type { NetworkInterfaceInfo } from 'node:os'
import type { Clock } from './clock.ts'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** Milliseconds between two looks. */
const LOOK = 1_000

/** The addresses that others can reach this machine at, as one text to compare. */
export function addressesOf(interfaces: Interfaces): string {
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
    .map(({ address }) => address)
    .sort()
    .join(' ')
}

/** Looks at the machine's addresses until `stop`, and tells when they are others than before. */
export async function watchAddresses(
  look: () => Interfaces,
  clock: Clock,
  onChange: () => void,
  stop: AbortSignal,
): Promise<void> {
  let known = addressesOf(look())
  while (!stop.aborted) {
    await clock.sleep(LOOK, stop)
    const now = addressesOf(look())
    if (now === known) continue
    known = now
    onChange()
  }
}
