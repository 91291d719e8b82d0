import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fate } from './outcome.ts'
import { hear, PATIENCE, patienceLeft, told, type Word } from './patience.ts'

const live: Fate = { state: 'live' }
const down: Fate = { state: 'live', down: '10.0.0.1:30443: Layer4 timeout' }
const unknown: Fate = { state: 'unknown' }
const refused = (code: string): Fate => ({ state: 'refused', code, detail: 'why' })
const away = refused('haproxy-unavailable')

/** What is told at a moment, after an edge said one thing after another. */
function toldAt(moment: number, ...said: readonly (readonly [at: number, fate: Fate])[]): Fate {
  let word: Word | undefined
  for (const [at, fate] of said) word = hear(word, fate, at)
  return word ? told(word, moment) : unknown
}

describe('a trouble of the edge that may pass', () => {
  it('is not told while it is young, and is when it lasts', () => {
    expect(toldAt(5_000, [0, live], [1_000, away])).toEqual(live)
    expect(toldAt(1_000 + PATIENCE - 1, [0, live], [1_000, away])).toEqual(live)
    expect(toldAt(1_000 + PATIENCE, [0, live], [1_000, away])).toEqual(away)
  })

  it('is one trouble, whatever the edge calls it meanwhile', () => {
    const delayed = refused('reload-delayed')
    expect(toldAt(1_000 + PATIENCE, [0, live], [1_000, away], [8_000, delayed])).toEqual(delayed)
    expect(toldAt(9_000, [0, live], [1_000, away], [8_000, delayed])).toEqual(live)
  })

  it('begins anew after it was over', () => {
    expect(toldAt(12_000, [0, live], [1_000, away], [5_000, live], [6_000, away])).toEqual(live)
  })

  it('leaves what was wrong before standing', () => {
    const taken = refused('port-taken')
    expect(toldAt(2_000, [0, taken], [1_000, away])).toEqual(taken)
  })

  it('says nothing of a claim that the edge has never spoken of', () => {
    expect(toldAt(100, [0, away])).toEqual(unknown)
    expect(toldAt(PATIENCE, [0, away])).toEqual(away)
  })
})

describe('backends that are down', () => {
  it('are told of when it lasts, and that one is well again at once', () => {
    expect(toldAt(0, [0, down])).toEqual(live)
    expect(toldAt(PATIENCE, [0, live], [1, down])).toEqual(live)
    expect(toldAt(PATIENCE + 1, [0, live], [1, down])).toEqual(down)
    expect(toldAt(20_000, [0, live], [1, down], [20_000, live])).toEqual(live)
  })
})

it('tells at once what will not pass', () => {
  for (const code of ['port-taken', 'outside-scope', 'haproxy-refused', 'no-backend', 'of-a-newer-edge']) {
    expect(toldAt(1_000, [0, live], [1_000, refused(code)])).toEqual(refused(code))
  }
})

it('says when to look again: what is told then is what was said', () => {
  const fates = fc.constantFrom(live, down, unknown, away, refused('port-taken'))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20_000), fates), { minLength: 1 }), (steps) => {
      let [word, now]: [Word | undefined, number] = [undefined, 0]
      for (const [pause, fate] of steps) {
        now += pause
        word = hear(word, fate, now)
        const left = patienceLeft(word, now)
        expect(told(word, now + left)).toEqual(fate)
        if (left > 0) expect(told(word, now + left - 1)).toEqual(word.before)
      }
    }),
  )
})
