import { describe } from 'vitest'
import { MemoryLease } from '../../src/testing/kubernetes/memory-lease.ts'
import { leaseContract } from './lease.ts'

describe('MemoryLease', () => {
  leaseContract(async () => {
    const store = new MemoryLease()
    return {
      store,
      other: store,
      async remove() {
        store.remove()
      },
    }
  })
})
