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

let next = randomInt(0, 1_000)

/** A node port that no other Service of this process has. */
export function nodePort(): number {
  next = (next + 1) % 2_700
  return 30_000 + next
}
