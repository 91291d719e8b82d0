import { expect, it } from 'vitest'
import type { Lease, LeaseStore } from '../../src/kubernetes/lease.ts'
import { NEVER } from '../../src/kubernetes/within-time.ts'

const lease: Lease = {
  holder: 'a',
  duration: 15,
  acquired: 1_700_000_000_123,
  renewed: 1_700_000_001_456,
  transitions: 0,
  fence: 1_700_000_000_000,
}

/** Stores of Leases by name; each name is new. */
export type NewStore = () => Promise<{
  readonly store: LeaseStore
  /** The same Lease, as somebody else reaches it. */
  readonly other: LeaseStore
  /** Takes the Lease away, as an administrator may. */
  readonly remove: () => Promise<void>
}>

/** What the election relies on, whatever keeps the Lease. */
export function leaseContract(newStore: NewStore): void {
  it('has none to begin with, and tells the time nevertheless', async () => {
    const { store } = await newStore()
    expect(await store.read(NEVER)).toEqual({ lease: undefined, time: expect.any(Number) })
    expect((await store.read(NEVER)).time).toBeGreaterThan(0)
  })

  it('gives what was created, to all', async () => {
    const { store, other } = await newStore()
    const created = await store.create(lease, NEVER)
    expect(created).toEqual({ ...lease, resourceVersion: expect.any(String) })
    expect((await other.read(NEVER)).lease).toEqual(created)
  })

  it('is created by one alone', async () => {
    const { store, other } = await newStore()
    const outcomes = await Promise.allSettled([store.create(lease, NEVER), other.create(lease, NEVER)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(other.create(lease, NEVER)).rejects.toMatchObject({ status: 409 })
  })

  it('is updated by who knows its state, once', async () => {
    const { store, other } = await newStore()
    const created = await store.create(lease, NEVER)
    const updated = await other.update(created, { ...lease, holder: 'b', transitions: 1 }, NEVER)
    expect(updated).toMatchObject({ holder: 'b', transitions: 1 })
    expect(updated.resourceVersion).not.toBe(created.resourceVersion)
    await expect(store.update(created, lease, NEVER)).rejects.toMatchObject({ status: 409 })
    expect((await store.read(NEVER)).lease).toEqual(updated)
  })

  it('can be held by nobody', async () => {
    const { store } = await newStore()
    const created = await store.create(lease, NEVER)
    const released = await store.update(created, { ...lease, holder: '', duration: 1 }, NEVER)
    expect(released).toMatchObject({ holder: '', duration: 1, fence: lease.fence })
    expect((await store.read(NEVER)).lease).toEqual(released)
  })

  it('is not updated when it is gone', async () => {
    const { store, remove } = await newStore()
    const created = await store.create(lease, NEVER)
    await remove()
    await expect(store.update(created, lease, NEVER)).rejects.toMatchObject({ status: 404 })
  })
}
