import { describe, expect, it } from 'vitest'
import { aClaim, aDocument } from '../../testing/documents.ts'
import { answerOf, type Service, statusOf } from './answer.ts'
import { reduce } from './reduce.ts'
import { EMPTY_STATE, type State } from './state.ts'

const up: Service = { state: 'live', backends: new Map([['10.0.0.1:30843', { health: 'up' }]]) }
const taken: Service = { state: 'refused', refusal: { code: 'port-taken-on-host', detail: 'sshd has it' } }

function answer(state: State, services: Record<string, Service>) {
  const held = state.documents.get('home/a')
  if (!held) throw new Error('no document')
  return answerOf(held, state, (key) => services[key] ?? up)
}

const bad = { index: 1, port: 0, refusal: { code: 'claim-invalid', detail: 'port: no' } } as const
const two = [aClaim(), aClaim({ port: 22, index: 2 })]
const state = reduce(EMPTY_STATE, [{ type: 'put', document: aDocument('a', two, { refused: [bad] }) }]).state

describe('an answer', () => {
  it('tells of every claim in the order of the document', () => {
    expect(answer(state, { 'tcp/22': taken }).claims).toEqual([
      {
        index: 0,
        owner: 'mqtt/mosquitto',
        port: 8443,
        protocol: 'tcp',
        state: 'live',
        backends: [{ address: '10.0.0.1', port: 30843, health: 'up' }],
      },
      {
        index: 1,
        port: 0,
        state: 'refused',
        code: 'claim-invalid',
        status: 422,
        permanent: true,
        detail: 'port: no',
      },
      {
        index: 2,
        owner: 'mqtt/mosquitto',
        port: 22,
        protocol: 'tcp',
        state: 'refused',
        code: 'port-taken-on-host',
        status: 409,
        permanent: false,
        detail: 'sshd has it',
      },
    ])
  })

  it('names the owner in the way', () => {
    const other = { type: 'put', document: aDocument('b', [aClaim({ owner: 'shop/x/y' })]) } as const
    const mine = { type: 'put', document: aDocument('a') } as const
    const [claim] = answer(reduce(EMPTY_STATE, [other, mine]).state, {}).claims
    expect(claim).toMatchObject({ code: 'port-taken', detail: 'tcp/8443 belongs to shop/x/y' })
  })

  it('says that a claim without backends is kept but not served', () => {
    const document = aDocument('a', [aClaim({ backends: [] })])
    expect(answer(reduce(EMPTY_STATE, [{ type: 'put', document }]).state, {}).claims[0]?.code).toBe(
      'no-backend',
    )
  })

  it('calls a backend that was not looked at yet `checking`', () => {
    const [claim] = answer(state, { 'tcp/8443': { state: 'live', backends: new Map() } }).claims
    expect(claim?.backends).toEqual([{ address: '10.0.0.1', port: 30843, health: 'checking' }])
  })
})

describe('the status of an answer', () => {
  const live = { index: 0, state: 'live' } as const
  const refused = { index: 1, state: 'refused', status: 409 } as const
  const forbidden = { index: 2, state: 'refused', status: 403 } as const

  it.each([
    [200, []],
    [200, [live]],
    [207, [live, refused]],
    [409, [refused, forbidden]],
  ])('is %i', (status, claims) => {
    expect(statusOf({ digest: '', claims })).toBe(status)
  })
})
