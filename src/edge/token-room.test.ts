import { describe, expect, it } from 'vitest'
import { documentSize } from '../core/registry/document-size.ts'
import { RefusedClaims } from '../core/registry/refused-claims.ts'
import { aBackend, aClaim, aDocument } from '../testing/documents.ts'
import { aCall } from '../testing/edge-in-memory.ts'
import { meanwhile, useFakeTime } from '../testing/fake-time.ts'
import { claim, codeOf, document, started } from '../testing/started-edge.ts'
import type { DocumentRequest } from '../wire/document.ts'
import { RequestRefused } from './request-refused.ts'
import { TokenRoom } from './token-room.ts'

useFakeTime()

const refused = new RefusedClaims()
for (let index = 1; index < 20_000; index++) refused.add(index, {}, 'claim-invalid', ['owner: is missing'])

/** One good claim, and as many that say nothing as there may be in a body. */
const hollow = (phone: string) => aDocument(phone, [aClaim()], { refused: refused.list })
const FULL = Math.floor((32 * 1024 * 1024) / documentSize(hollow('p')))

/** Room of which one token has used as much as it may. */
function filled(): TokenRoom {
  const room = new TokenRoom()
  for (let count = 0; count < FULL; count++) {
    const place = room.enter(`home/p${count}`, hollow(`p${count}`))
    room.note(`home/p${count}`, hollow(`p${count}`))
    place.leave()
  }
  return room
}

function refusalOf(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof RequestRefused) return `${error.code}: ${error.detail}`
    throw error
  }
}

describe('the room of a token', () => {
  it('ends, and not that of another', () => {
    const room = filled()
    expect(refusalOf(() => room.enter('home/x', hollow('x')))).toMatch(
      /^edge-full: the token token has documents of 3\d\.\d MB, this one takes 2\.\d MB more, and 32\.0 MB is the most$/,
    )
    expect(refusalOf(() => room.enter('home/x', { ...hollow('x'), identity: 'other' }))).toBeUndefined()
  })

  it('takes the largest document that there can be', () => {
    const owner = `${'c'.repeat(63)}/${'n'.repeat(63)}/${'o'.repeat(63)}#${'u'.repeat(64)}`
    const backends = Array(6).fill(aBackend('2001:db8:1111:2222:3333:4444:5555:6666'))
    const claims = Array(20_000).fill(aClaim({ owner, backends }))
    expect(refusalOf(() => new TokenRoom().enter('home/a', aDocument('a', claims)))).toBeUndefined()
  })

  it('ends with ten thousand documents, however small', () => {
    const room = new TokenRoom()
    const nothing = aDocument('a', [])
    for (let count = 0; count < 10_000; count++) room.note(`home/${count}`, nothing)
    expect(refusalOf(() => room.enter('home/x', nothing))).toMatch(/^edge-full: .* 10000 documents already$/)
    expect(refusalOf(() => room.enter('home/7', nothing))).toBeUndefined()
  })

  it('is not wanted by a document that takes no more than what is held in its place', () => {
    const room = filled()
    room.note('home/old', hollow('old'))
    expect(refusalOf(() => room.enter('home/p0', hollow('p0')))).toBeUndefined()
    const larger = aDocument('p0', [aClaim(), aClaim({ port: 1 })], { refused: refused.list })
    expect(refusalOf(() => room.enter('home/p0', larger))).toMatch(/^edge-full/)
    expect(refusalOf(() => room.enter('home/p0', { ...hollow('p0'), identity: 'other' }))).toBeUndefined()
  })

  it('is given back by what goes, shrinks or is taken over', () => {
    for (const rest of [undefined, aDocument('p0'), { ...hollow('p0'), identity: 'other' }]) {
      const room = filled()
      room.note('home/p0', rest)
      expect(refusalOf(() => room.enter('home/x', hollow('x')))).toBeUndefined()
    }
  })

  it('is not shared by those that wait for one write, and is given back where that fails', () => {
    const room = filled()
    room.note('home/p0', undefined)
    const place = room.enter('home/x', hollow('x'))
    expect(refusalOf(() => room.enter('home/y', hollow('y')))).toMatch(/^edge-full/)
    place.leave()
    expect(refusalOf(() => room.enter('home/y', hollow('y')))).toBeUndefined()
  })
})

describe('an edge whose token puts one hollow document after another', () => {
  function hollowRequest(sequence: number): DocumentRequest {
    const claims: DocumentRequest['claims'] = JSON.parse(`[${Array(19_999).fill('{}').join()}]`)
    return { sequence, claims: [claim, ...claims] }
  }

  it('stays small, now and after a restart, and answers every claim of those that it holds', async () => {
    const subject = await started()
    for (let count = 0; count < FULL; count++) {
      expect(await codeOf(() => subject.put(`p${count}`, hollowRequest(count)))).toBe('none')
    }
    expect(await codeOf(() => subject.put('x', hollowRequest(0)))).toBe('edge-full')
    const other = { identity: { id: 'other', scope: { role: 'phone' as const } } }
    expect(await codeOf(() => subject.put('y', document, other))).toBe('none')
    await subject.edge.stop()
    const after = await started(subject.successor())
    expect(await codeOf(() => after.put('x', hollowRequest(0)))).toBe('edge-full')
    const { digest, claims } = await meanwhile(after.put('p0', hollowRequest(0)))
    expect(claims).toHaveLength(20_000)
    expect(after.edge.renew(aCall('p0'), digest)).toMatchObject({ digest })
    await meanwhile(after.edge.release(aCall('p1')))
    expect(await codeOf(() => after.put('x', hollowRequest(0)))).toBe('none')
  })
})
