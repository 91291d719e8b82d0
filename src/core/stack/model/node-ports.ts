import type { CanonicalService } from '../canonical.ts'
import type { Digest } from '../names.ts'
import type { Findings } from './findings.ts'
import { labelsOf, NODE_PORTS } from './label-names.ts'
import type { Publish } from './service-model.ts'
import { labelPath } from './traefik/label-paths.ts'

/** What an API server gives to Services unless it is told otherwise. */
const [FIRST, LAST] = [30_000, 32_767]
const ALL = LAST - FIRST + 1

/**
 * The node ports of a stack's published ports, where they have to be known beforehand: the same for the same stack, and
 * hardly another stack's. Who has to have others says so in the label `homeport.dev/node-ports: 8443:30843,53:30053/udp`.
 */
export class NodePorts {
  readonly #taken = new Set<string>()
  readonly #namespace: string
  readonly #digest: Digest
  readonly #findings: Findings

  constructor(namespace: string, digest: Digest, findings: Findings) {
    this.#namespace = namespace
    this.#digest = digest
    this.#findings = findings
  }

  assign(service: CanonicalService, key: string, publishes: readonly Publish[]): Publish[] {
    const wanted = this.#wanted(service, key)
    return publishes.map((publish) => {
      if (publish.published === 0) return publish
      const { protocol, published } = publish
      return {
        ...publish,
        nodePort:
          wanted.get(`${protocol}/${published}`) ?? this.#any(`${key}/${protocol}/${published}`, protocol),
      }
    })
  }

  #wanted(service: CanonicalService, key: string): ReadonlyMap<string, number> {
    const text = labelsOf(service).get(NODE_PORTS)
    const wanted = new Map<string, number>()
    for (const part of (text ?? '').split(/[\s,]+/).filter((one) => one !== '')) {
      const [, published, node = '', protocol = 'tcp'] =
        /^(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/i.exec(part) ?? []
      const slot = `${protocol.toUpperCase()}/${node}`
      if (published === undefined || Number(node) < 1 || Number(node) > 65_535 || this.#taken.has(slot))
        this.#findings.refuse(
          labelPath(service, key, NODE_PORTS),
          `${part} is no node port, or another's`,
          'Write 8443:30843,53:30053/udp: published port, node port.',
        )
      else wanted.set(`${protocol.toUpperCase()}/${Number(published)}`, Number(node))
      this.#taken.add(slot)
    }
    return wanted
  }

  #any(what: string, protocol: string): number {
    const start = Number.parseInt(this.#digest(`${this.#namespace}/${what}`).slice(0, 8), 16) % ALL
    for (let step = 0; step < ALL; step += 1) {
      const port = FIRST + ((start + step) % ALL)
      const slot = `${protocol}/${port}`
      if (this.#taken.has(slot)) continue
      this.#taken.add(slot)
      return port
    }
    return FIRST
  }
}
