import { readdirSync, readFileSync } from 'node:fs'

/** Processes, by what Linux says of them in /proc. All reads are of a few bytes of the kernel's memory. */

/** HAProxy's master and its workers, old ones too: all were started with the same arguments. */
export function processesWithArgument(argument: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => read(`/proc/${pid}/cmdline`)?.split('\0').includes(argument) && !hasEnded(pid))
}

/**
 * Whether a process holds nothing any more: it is gone, or dead but for its parent's asking. Its first thread alone does
 * not tell: the kernel calls a process a zombie as soon as that has ended, while others may still hold its ports. So they
 * are counted: proc_pid_stat(5), fields 3 and 20; the name before them may hold anything.
 */
export function hasEnded(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === undefined) return true
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' && Number(fields[17]) <= 1
}

/**
 * How often the threads of a process have gone to sleep by themselves: proc_pid_status(5), voluntary_ctxt_switches. The
 * number of one that is stopped or spins stays what it is.
 */
export function timesAsleep(pid: number): number {
  let times = 0
  for (const thread of threadsOf(pid)) {
    const status = read(`/proc/${pid}/task/${thread}/status`) ?? ''
    times += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0)
  }
  return times
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

/** The hard limit of open files of a process, of this one by default; `fallback` where it has none or does not say. */
export function fileLimit(pid: number | 'self' = 'self', fallback = 1_048_576): number {
  const [, hard] = /^Max open files\s+\S+\s+(\d+)/m.exec(read(`/proc/${pid}/limits`) ?? '') ?? []
  return hard === undefined ? fallback : Number(hard)
}

/** Bit of CAP_NET_BIND_SERVICE (capabilities(7)). */
const NET_BIND_SERVICE = 10n

/** Whether a process may listen on a port below 1024, or wherever the machine draws that line. */
export function mayBind(port: number, pid: number | 'self' = 'self'): boolean {
  const firstFree = Number(read('/proc/sys/net/ipv4/ip_unprivileged_port_start') ?? 1024)
  if (port >= firstFree) return true
  const [, capabilities] = /^CapEff:\s+([0-9a-f]+)$/m.exec(read(`/proc/${pid}/status`) ?? '') ?? []
  return capabilities === undefined || ((BigInt(`0x${capabilities}`) >> NET_BIND_SERVICE) & 1n) === 1n
}

/** Whether the machine speaks IPv6 at all. */
export function hasIPv6(): boolean {
  return (
    read('/proc/net/if_inet6') !== undefined &&
    read('/proc/sys/net/ipv6/conf/all/disable_ipv6')?.trim() !== '1'
  )
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}
