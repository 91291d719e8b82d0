import { ApiFailed } from './api-failed.ts'
import type { ApiServer } from './api-server.ts'

export interface ApplyOptions {
  /** Who owns what is applied: the next apply by the same one takes away what it no longer names. */
  readonly fieldManager: string
  /** Take fields over that others own, instead of being refused with a `Conflict` whose causes name them; true unless told. */
  readonly force?: boolean
  readonly subresource?: 'status' | 'scale'
  /** Only pretend, and answer what the object would be. */
  readonly dryRun?: boolean
  /** Refuse fields that the API server does not know, instead of leaving them out. */
  readonly strict?: boolean
  readonly signal?: AbortSignal
}

/** An object to apply, with the fields that are wanted and no others. */
export interface Applied {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string | undefined
    /** Refused where there is no such object, or another one by now. */
    readonly uid?: string | undefined
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

/**
 * Makes an object have these fields, and makes the object where there is none.
 * @param path of the object: `/api/v1/namespaces/a/services/b`.
 * @throws ApiFailed. A `Conflict` of fields has `causes`; one without is about the uid or resourceVersion.
 */
export async function serverSideApply(
  api: ApiServer,
  path: string,
  object: Applied,
  { fieldManager, force = true, subresource, dryRun = false, strict = false, signal }: ApplyOptions,
): Promise<unknown> {
  const fieldValidation = strict ? 'Strict' : undefined
  return await api.request({
    method: 'PATCH',
    path: subresource === undefined ? path : `${path}/${subresource}`,
    query: { fieldManager, force, fieldValidation, dryRun: dryRun ? 'All' : undefined },
    contentType: 'application/apply-patch+yaml',
    body: object,
    ...(signal && { signal }),
  })
}

/** Which object a status belongs to. */
export interface StatusOwner {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Applied['metadata']
}

/**
 * Applies the status of an object that exists; with its uid, of that one alone, and never of a namesake made later.
 * @throws ApiFailed. Whether there is no such object any more, `isGone` says.
 */
export async function applyStatus(
  api: ApiServer,
  path: string,
  owner: StatusOwner,
  status: object,
  options: Omit<ApplyOptions, 'subresource'>,
): Promise<unknown> {
  return await serverSideApply(api, path, { ...owner, status }, { ...options, subresource: 'status' })
}

/** Who holds the fields that an apply without force was refused for, as text; undefined where that is not why it failed. */
export function holderOf(error: unknown): string | undefined {
  if (!(error instanceof ApiFailed) || error.status !== 409) return undefined
  const holders = error.causes.flatMap(({ message }) => /^conflict with "([^"]+)"/.exec(message)?.[1] ?? [])
  return holders.length > 0 ? [...new Set(holders)].sort().join(', ') : undefined
}

/** Whether an apply was refused because the object that it names, by its uid if it has one, is gone. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof ApiFailed)) return false
  const { status, message, causes } = error
  if (status === 404) return true
  // With the uid of one that is gone the API server would have to make it, or to change the uid of its namesake.
  return status === 409
    ? /\buid mismatch\b|\bUID in precondition\b/.test(message)
    : causes.some(({ field }) => field === 'metadata.uid')
}
