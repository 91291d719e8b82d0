import { describe, expect, it } from 'vitest'
import {
  canonicalText,
  expectedText,
  PUBLISHED,
  publishedStacks,
  readPublished,
} from '../../src/testing/published-stacks.ts'

const all = publishedStacks()
const accepted = all.filter(({ verdict }) => verdict === 'ACCEPT')
const refused = all.filter(({ verdict }) => verdict === 'REJECT')

describe.skipIf(all.length === 0)(`published stacks (skipped where ${PUBLISHED} is not there)`, () => {
  it('are there', () => {
    expect(accepted.length).toBeGreaterThan(0)
    expect(refused.length).toBeGreaterThan(0)
  })

  it.each(accepted)('$stack becomes what Docker makes of it', ({ stack }) => {
    const reading = readPublished(stack)
    expect(reading.problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(canonicalText(reading)).toBe(expectedText(stack))
  })

  it.each(refused)('$stack is refused for what Docker refuses it', ({ stack, message }) => {
    const { stack: made, problems } = readPublished(stack)
    expect(made).toBeUndefined()
    const details = problems.filter(({ severity }) => severity === 'error').map(({ detail }) => detail)
    expect(details).toContainEqual(expect.stringContaining(message))
    // Each with a place and what to write instead.
    for (const problem of problems)
      expect(problem).toMatchObject({ place: { file: 'stack.yml' }, remedy: expect.stringMatching(/./) })
  })
})
