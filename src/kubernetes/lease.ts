import { hasStatus } from './api-failed.ts'
import type { ApiServer } from './api-server.ts'
import { type Fields, fieldsOf, numberOf, textOf } from './fields.ts'
import { microTime } from './micro-time.ts'
import { resourceVersionOf } from './object-key.ts'

/** Who leads, as all candidates see it. */
export interface Lease {
  /** Empty when nobody does. */
  readonly holder: string
  /** Seconds that others wait after they last saw it change. */
  readonly duration: number
  /** By the holder's wall clock, ms since the epoch. For people: nothing is decided by them. */
  readonly acquired: number
  readonly renewed: number
  /** How often the holder changed. */
  readonly transitions: number
  /** The number of the holder's term: greater than that of any term before. */
  readonly fence: number
}

/** A Lease in a state that can be told from every other. */
export interface KnownLease extends Lease {
  readonly resourceVersion: string
}

/** Where a Lease is kept. What it throws are ApiFailed. */
export interface LeaseStore {
  /** The Lease as it is, if there is one, and the moment of that by the store's own wall clock, ms since the epoch. */
  read(signal: AbortSignal): Promise<{ readonly lease: KnownLease | undefined; readonly time: number }>
  /** @throws ApiFailed 409 when there is one already. */
  create(lease: Lease, signal: AbortSignal): Promise<KnownLease>
  /** @throws ApiFailed 409 when it is not in the state `known` any more, 404 when it is gone. */
  update(known: KnownLease, lease: Lease, signal: AbortSignal): Promise<KnownLease>
}

const FENCE = 'homeport.dev/fence'

/**
 * Milliseconds for one call, and no second attempt: the election has its own. Whoever leads must not lose that to its own writes,
 * which a slow webhook may hold.
 */
const CALL = { timeout: 5_000, attempts: 1, isUrgent: true } as const

/** A Lease of coordination.k8s.io. Takes the rights to get, create and patch it. */
export class ApiLease implements LeaseStore {
  readonly #api: ApiServer
  readonly #collection: string
  readonly #name: string

  constructor(api: ApiServer, namespace: string, name: string) {
    this.#api = api
    this.#collection = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
    this.#name = name
  }

  async read(signal: AbortSignal): Promise<{ lease: KnownLease | undefined; time: number }> {
    const path = `${this.#collection}/${this.#name}`
    try {
      const { object, time } = await this.#api.call({ method: 'GET', path, signal, ...CALL })
      return { lease: readLease(object), time }
    } catch (error) {
      if (!hasStatus(error, 404)) throw error
      return { lease: undefined, time: error.time }
    }
  }

  async create(lease: Lease, signal: AbortSignal): Promise<KnownLease> {
    const { metadata, spec } = writeLease(lease)
    const body = { metadata: { ...metadata, name: this.#name }, spec }
    return readLease(
      await this.#api.request({ method: 'POST', path: this.#collection, body, signal, ...CALL }),
    )
  }

  /** By a patch: what others wrote on the Lease stays. */
  async update({ resourceVersion }: KnownLease, lease: Lease, signal: AbortSignal): Promise<KnownLease> {
    const { metadata, spec } = writeLease(lease)
    const changed = await this.#api.request({
      method: 'PATCH',
      path: `${this.#collection}/${this.#name}`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { ...metadata, resourceVersion }, spec },
      signal,
      ...CALL,
    })
    return readLease(changed)
  }
}

function readLease(object: unknown): KnownLease {
  const { metadata, spec } = fieldsOf(object)
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = fieldsOf(spec)
  return {
    holder: textOf(holderIdentity),
    duration: numberOf(leaseDurationSeconds) ?? 0,
    acquired: Date.parse(textOf(acquireTime)),
    renewed: Date.parse(textOf(renewTime)),
    transitions: numberOf(leaseTransitions) ?? 0,
    fence: readFence(fieldsOf(metadata)),
    resourceVersion: resourceVersionOf(object),
  }
}

/** 0 for what anybody else may have written there. */
function readFence({ annotations }: Fields): number {
  const text = textOf(fieldsOf(annotations)[FENCE])
  return /^\d{1,15}$/.test(text) ? Number(text) : 0
}

function writeLease(lease: Lease): { metadata: object; spec: object } {
  return {
    metadata: { annotations: { [FENCE]: String(lease.fence) } },
    spec: {
      holderIdentity: lease.holder,
      leaseDurationSeconds: lease.duration,
      acquireTime: microTime(lease.acquired),
      renewTime: microTime(lease.renewed),
      leaseTransitions: lease.transitions,
    },
  }
}
