import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Steps } from '../core/steps.ts'
import { SliceQueue } from './slice-queue.ts'

/** A queue on whose clock each look takes 6 ms: a slice is two steps. */
function subject() {
  let time = 0
  return new SliceQueue(() => {
    time += 6
    return time
  })
}

function* work(name: string, done: string[]): Steps<string> {
  for (let step = 1; step <= 4; step++) {
    done.push(`${name}${step}`)
    yield
  }
  return name
}

it('lets others have their turn between slices, and does one thing after the other', async () => {
  const queue = subject()
  const done: string[] = []
  const results = Promise.all([queue.run('x', work('a', done)), queue.run('x', work('b', done))])
  let ended = false
  const over = results.then(() => {
    ended = true
  })
  while (!ended) {
    done.push('-')
    await setImmediate()
  }
  await over
  expect(await results).toEqual(['a', 'b'])
  expect(done.join(' ').replace(/( -)+/g, ' -')).toMatch(/^-( -)? a1 a2 - a3 a4 - b1 b2 - b3 b4( -)?$/)
})

it('lets those who have work take turns, however much one of them has', async () => {
  const queue = subject()
  const done: string[] = []
  const much = ['a', 'b', 'c'].map((name) => queue.run('x', work(name, done)))
  const little = queue.run('y', work('d', done))
  await little
  expect(done).toEqual(['a1', 'a2', 'd1', 'd2', 'a3', 'a4', 'd3', 'd4'])
  await much[0]
  const later = queue.run('y', work('e', done))
  expect(await Promise.all([...much, later])).toEqual(['a', 'b', 'c', 'e'])
  expect(done.slice(8).join(' ')).toMatch(/^.*b1 b2 e1 e2 b3 b4.* c4$/)
})

it('goes on behind work that fails', async () => {
  const queue = subject()
  const failing = queue.run(
    'x',
    // biome-ignore lint/correctness/useYield: it fails at once
    (function* (): Steps<void> {
      throw new Error('no')
    })(),
  )
  const next = queue.run('x', work('b', []))
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('b')
})
