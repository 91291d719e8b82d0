import type { ServiceObject } from '../core/kubernetes/objects.ts'
import { readService } from '../core/kubernetes/read-service.ts'
import type { EventDraft } from '../core/kubernetes/service-events.ts'
import type { ServiceStatus } from '../core/kubernetes/service-status.ts'
import type { ApiServer } from '../kubernetes/api-server.ts'
import {
  type ApplyOptions,
  applyStatus,
  holderOf,
  isGone,
  serverSideApply,
} from '../kubernetes/server-side-apply.ts'
import { FINALIZERS, finalizersOf, type ServiceWriter } from './service-writer.ts'

export interface ApiServiceWriterParts {
  readonly api: ApiServer
  /** Whose writes are ours: that of no other controller. */
  readonly fieldManager: string
  /** Told what a write has made of a Service, before the watch tells it. */
  readonly onWritten: (before: ServiceObject, after: ServiceObject) => void
  readonly tell: (service: ServiceObject, event: EventDraft) => void
}

/** Writes to Services, mostly by server-side apply: what others wrote there stays, and what this one leaves out goes. */
export class ApiServiceWriter implements ServiceWriter {
  readonly #parts: ApiServiceWriterParts

  constructor(parts: ApiServiceWriterParts) {
    this.#parts = parts
  }

  async addFinalizers(service: ServiceObject, signal: AbortSignal): Promise<void> {
    await this.#applyFinalizers(service, FINALIZERS, signal)
  }

  /**
   * By their places, which are tested in the same call: a list that has changed meanwhile is refused, and looked at again. An
   * apply takes away what this manager has put there, and nothing else.
   */
  async removeFinalizers(service: ServiceObject, signal: AbortSignal): Promise<void> {
    const ours = finalizersOf(service)
    if (ours.length === 0) return
    // The last one first, so that the places of the others stay.
    const places = ours.map((value) => ({ value, place: service.finalizers.indexOf(value) }))
    const removals = places
      .toSorted((a, b) => b.place - a.place)
      .flatMap(({ value, place }) => {
        const path = `/metadata/finalizers/${place}`
        return [
          { op: 'test', path, value },
          { op: 'remove', path },
        ]
      })
    const body = [{ op: 'test', path: '/metadata/uid', value: service.uid }, ...removals]
    const contentType = 'application/json-patch+json'
    await this.#write(service, () =>
      this.#parts.api.request({ method: 'PATCH', path: pathOf(service), contentType, body, signal }),
    )
  }

  async giveUpFinalizers(service: ServiceObject, signal: AbortSignal): Promise<void> {
    await this.#applyFinalizers(service, [], signal)
  }

  async applyStatus(
    service: ServiceObject,
    status: ServiceStatus,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    try {
      await this.#applyStatus(service, status, { force: false, signal })
      return undefined
    } catch (error) {
      const holder = holderOf(error)
      if (holder === undefined) throw error
      return holder
    }
  }

  async takeStatus(service: ServiceObject, status: ServiceStatus, signal: AbortSignal): Promise<void> {
    await this.#applyStatus(service, status, { force: true, signal })
  }

  tell(service: ServiceObject, event: EventDraft): void {
    this.#parts.tell(service, event)
  }

  async #applyStatus(
    service: ServiceObject,
    status: ServiceStatus,
    options: Pick<ApplyOptions, 'force' | 'signal'>,
  ): Promise<void> {
    const { api, fieldManager } = this.#parts
    await this.#write(service, () =>
      applyStatus(api, pathOf(service), ownerOf(service), status, { fieldManager, ...options }),
    )
  }

  async #applyFinalizers(
    service: ServiceObject,
    finalizers: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const { api, fieldManager } = this.#parts
    const owner = ownerOf(service)
    const object = { ...owner, metadata: { ...owner.metadata, finalizers } }
    await this.#write(service, () => serverSideApply(api, pathOf(service), object, { fieldManager, signal }))
  }

  async #write(service: ServiceObject, apply: () => Promise<unknown>): Promise<void> {
    try {
      const written = readService(await apply(), this.#parts.fieldManager)
      if (written) this.#parts.onWritten(service, written)
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }
}

function pathOf({ namespace, name }: ServiceObject): string {
  return `/api/v1/namespaces/${namespace}/services/${name}`
}

/** With the uid: what is meant is this very Service, not one that was made in its place. */
function ownerOf({ namespace, name, uid }: ServiceObject) {
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name, uid } }
}
