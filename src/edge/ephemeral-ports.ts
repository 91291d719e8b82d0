import { type PortRange, parsePortRange } from '../core/port-range.ts'

/** How long what was read is believed, ms: sysctls change seldom. */
const BELIEVED = 5_000

const SYSCTLS = '/proc/sys/net/ipv4'

/** The ports that Linux takes for outgoing connections (ip(7)): a claim for one meets one that is in use, now and then. */
export class EphemeralPorts {
  readonly #readFile: (path: string) => string
  readonly #now: () => number
  #taken: readonly PortRange[] = []
  #reserved: readonly PortRange[] = []
  #looked = Number.NEGATIVE_INFINITY

  /**
   * @param readFile throws where there is no such file; then no port counts
   * @param now a clock that never steps, ms
   */
  constructor(readFile: (path: string) => string, now: () => number) {
    this.#readFile = readFile
    this.#now = now
  }

  has(port: number): boolean {
    this.#look()
    const within = ({ low, high }: PortRange) => low <= port && port <= high
    return this.#taken.some(within) && !this.#reserved.some(within)
  }

  #look(): void {
    if (this.#now() - this.#looked < BELIEVED) return
    this.#looked = this.#now()
    const [low, high] = this.#words('ip_local_port_range')
    this.#taken = [parsePortRange(`${low}-${high}`)].flatMap((range) => range ?? [])
    this.#reserved = this.#words('ip_local_reserved_ports').flatMap((text) => parsePortRange(text) ?? [])
  }

  #words(name: string): string[] {
    try {
      return this.#readFile(`${SYSCTLS}/${name}`).split(/[\s,]+/)
    } catch {
      return []
    }
  }
}

/** What the operator should know of ports among them; undefined where there are none. */
export function ephemeralWarning(ports: readonly number[]): string | undefined {
  const [first] = ports
  if (first === undefined) return undefined
  const which = ports.length === 1 ? `port ${first} is` : `port ${first} and ${ports.length - 1} more are`
  return (
    `${which} among those that Linux takes for outgoing connections, so that it may be in use when HAProxy wants it: ` +
    'put it into net.ipv4.ip_local_reserved_ports (docs/configuration.md, Ports from 32768 up)'
  )
}
