import type { CanonicalDeploy } from '../canonical-service.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import type { Resources } from './service-model.ts'

/**
 * Limits become limits, reservations requests. A limit reserves nothing in Docker, while the API server makes a request of the
 * same amount of each limit that stands alone: against that nothing is requested in so many words.
 */
export function readResources(
  { limits, reservations }: CanonicalDeploy['resources'],
  path: Path,
  findings: Findings,
): Resources {
  const at = [...path, 'deploy', 'resources']
  const most = {
    cpu: readCpus(limits?.cpus, [...at, 'limits', 'cpus'], findings),
    memory: readMemory(limits?.memory, [...at, 'limits', 'memory'], findings),
  }
  const least = {
    cpu: readCpus(reservations?.cpus, [...at, 'reservations', 'cpus'], findings),
    memory: readMemory(reservations?.memory, [...at, 'reservations', 'memory'], findings),
  }
  for (const kind of ['cpu', 'memory'] as const) {
    if ((most[kind] ?? Number.POSITIVE_INFINITY) < (least[kind] ?? 0))
      findings.refuse(at, `more ${kind} is reserved than the limit allows`, 'Reserve at most the limit.')
  }
  const nothing = {
    ...(most.cpu !== undefined && { cpu: '0' }),
    ...(most.memory !== undefined && { memory: '0' }),
  }
  return { limits: quantities(most), requests: { ...nothing, ...quantities(least) } }
}

interface Amounts {
  readonly cpu: number | undefined
  readonly memory: number | undefined
}

function quantities({ cpu, memory }: Amounts): Record<string, string> {
  return {
    ...(cpu !== undefined && { cpu: `${cpu}m` }),
    ...(memory !== undefined && { memory: memoryQuantity(memory) }),
  }
}

/** Thousandths of a CPU: Kubernetes has no smaller part. */
function readCpus(text: string | undefined, path: Path, findings: Findings): number | undefined {
  if (text === undefined || Number(text) === 0) return undefined
  const amount = Math.ceil(Number(text) * 1000 - 1e-6)
  if (/^\d*\.?\d+$/.test(text) && amount < 1e9) return Math.max(1, amount)
  findings.refuse(path, `${text} is no number of CPUs`, 'Write "0.5" for half a CPU.')
  return undefined
}

function readMemory(bytes: number | undefined, path: Path, findings: Findings): number | undefined {
  if (bytes === undefined || bytes === 0) return undefined
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes
  findings.refuse(path, `${bytes} is no number of bytes`, 'Write 512M.')
  return undefined
}

/** `134217728` is `128Mi`: the largest unit that leaves a whole number. */
export function memoryQuantity(bytes: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti']
  let unit = 0
  let amount = bytes
  while (amount % 1024 === 0 && amount > 0 && unit < units.length - 1) {
    amount /= 1024
    unit++
  }
  return `${amount}${units[unit]}`
}
