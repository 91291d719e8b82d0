import { expect, it } from 'vitest'
import { EdgeBoard } from './edge-board.ts'

const wanted = (...owners: string[]) => ({
  ...{ fence: 1, sequence: 1 },
  claims: owners.map((owner, index) => ({ owner, port: 443 + index, backends: [] })),
})
const taken = (...owners: string[]) => ({
  wanted: wanted(...owners),
  digest: 'd',
  revision: '',
  answers: [],
  isAlone: true,
})

function board(): EdgeBoard {
  const subject = new EdgeBoard(() => 0)
  subject.sent(wanted('web/a'))
  subject.answered(taken('web/a'))
  return subject
}

it('knows that an edge which refused a document has nothing of it', () => {
  const subject = board()
  subject.sent(wanted('web/a', 'web/b'))
  expect(subject.hasLetGo('web/b')).toBe(false)
  subject.failed(true)
  expect(subject.hasLetGo('web/b')).toBe(true)
})

it('does not know what became of a document that was not answered, until a later one is', () => {
  const subject = board()
  subject.sent(wanted('web/a', 'web/b'))
  subject.failed(false)
  // Refused: the one before may be there still.
  subject.sent(wanted('web/a', 'web/c'))
  subject.failed(true)
  expect(['web/b', 'web/c'].map((key) => subject.hasLetGo(key))).toEqual([false, true])
  subject.sent(wanted('web/a'))
  subject.answered(taken('web/a'))
  expect(subject.hasLetGo('web/b')).toBe(true)
})

it('does not know what a document of a former token has', () => {
  const subject = board()
  subject.answered({ ...taken('web/a'), isAlone: false })
  expect(subject.hasLetGo('web/b')).toBe(false)
  subject.answered(taken('web/a'))
  expect(subject.hasLetGo('web/b')).toBe(true)
})
