import { randomInt } from 'node:crypto'
import type { ApiServer } from './api-server.ts'

/** A ready Node with these internal addresses. Nothing runs there. */
export async function addNode(api: ApiServer, name: string, ...addresses: readonly string[]): Promise<void> {
  await api.client.create('/api/v1/nodes', { metadata: { name } })
  await api.client.patch(`/api/v1/nodes/${name}/status`, {
    status: {
      addresses: addresses.map((address) => ({ type: 'InternalIP', address })),
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  })
}

/** A loopback address that no other test has: node ports are few, and each test file's Services take of them. */
export function nodeAddress(): string {
  return `127.${randomInt(10, 250)}.${randomInt(1, 250)}.${randomInt(1, 250)}`
}

/** Of 2,768 node ports the first 86 are given to nobody who names none (Kubernetes' KEP 3668), for as long as there are others. */
const NAMED = 86

let next = 0

/** A node port that no other Service of this process's API server has, nor gets by itself. */
export function nodePort(): number {
  next = (next + 1) % NAMED
  return 30_000 + next
}
