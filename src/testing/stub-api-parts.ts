import { BodyRoom } from '../edge/api/body-room.ts'
import type { ApiParts } from '../edge/api/parts.ts'
import { RequestRefused } from '../edge/request-refused.ts'
import { createLog } from '../log.ts'
import { stubEdge } from './stub-edge.ts'

/** Tokens that a stub knows: the word after `Bearer`. */
export const STUB_TOKENS = { phone: 'phone-token', admin: 'admin-token' } as const

/** What an API is made of, with a stub behind it: nothing is logged, two tokens are known. */
export function stubApiParts(overrides: Partial<ApiParts> = {}): ApiParts {
  return {
    edge: stubEdge(),
    bodies: new BodyRoom(),
    tokens: {
      authenticate(authorization) {
        for (const role of ['phone', 'admin'] as const) {
          if (authorization === `Bearer ${STUB_TOKENS[role]}`) return { id: role, scope: { role } }
        }
        throw authorization === undefined
          ? new RequestRefused('token-missing', 'no header')
          : new RequestRefused('token-unknown', 'not this one')
      },
      create: ({ name, scope }) => ({
        id: 'abcdefgh',
        name,
        scope,
        created: '2026-01-01T00:00:00Z',
        token: 'hp1.x',
      }),
      list: () => [],
      revoke: () => {},
    },
    metrics: async () => 'homeport_ready 1\n',
    openMetrics: false,
    trustedProxies: [],
    log: createLog('error', () => {}),
    onTurnedAway: () => {},
    ...overrides,
  }
}
