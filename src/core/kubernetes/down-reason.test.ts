import { expect, it } from 'vitest'
import type { BackendAnswer, Health } from '../../wire/document.ts'
import { downReason } from './down-reason.ts'

const backend = (address: string, health: Health, reason?: string): BackendAnswer => ({
  ...{ address, port: 30443, health },
  ...(reason !== undefined && { reason }),
})

it('names each backend that is down with its reason, whatever order they come in', () => {
  const backends = [
    backend('2001:db8::1', 'down'),
    backend('10.0.0.2', 'down', 'Layer4 timeout'),
    backend('10.0.0.1', 'down', 'Layer4 connection problem'),
  ]
  const reason =
    '10.0.0.1:30443 (Layer4 connection problem), 10.0.0.2:30443 (Layer4 timeout), [2001:db8::1]:30443'
  expect(downReason(backends)).toBe(reason)
  expect(downReason(backends.toReversed())).toBe(reason)
})

it.each(['up', 'checking', 'unchecked'] as const)('says nothing while one is %s', (health) => {
  expect(downReason([backend('10.0.0.1', 'down'), backend('10.0.0.2', health)])).toBeUndefined()
})

it('says nothing of a port without backends: the edge refuses that itself', () => {
  expect(downReason([])).toBeUndefined()
})
