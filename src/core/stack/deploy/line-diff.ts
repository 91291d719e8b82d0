import type { DiffLine } from './hunks.ts'

/**
 * The fewest lines that go and come from one text to another, by Myers' algorithm: after `d` steps, how far each diagonal is.
 * Node's own `util.diff` is experimental, and its signs are not those of its documentation.
 */
export function lineDiff(before: readonly string[], after: readonly string[]): DiffLine[] {
  const trace: Map<number, number>[] = []
  let furthest = new Map([[1, 0]])
  for (let steps = 0; steps <= before.length + after.length; steps++) {
    trace.push(furthest)
    const next = new Map(furthest)
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      let x = startOf(furthest, diagonal, steps)
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++
      next.set(diagonal, x)
      if (x >= before.length && x - diagonal >= after.length) return walkBack(trace, before, after)
    }
    furthest = next
  }
  return []
}

/** From the diagonal above a line of `after` comes, from the one below a line of `before` goes. */
function startOf(furthest: ReadonlyMap<number, number>, diagonal: number, steps: number): number {
  const [below, above] = [at(furthest, diagonal - 1), at(furthest, diagonal + 1)]
  return isDown(diagonal, steps, below, above) ? above : below + 1
}

function isDown(diagonal: number, steps: number, below: number, above: number): boolean {
  return diagonal === -steps || (diagonal !== steps && below < above)
}

function walkBack(
  trace: readonly Map<number, number>[],
  before: readonly string[],
  after: readonly string[],
): DiffLine[] {
  const lines: DiffLine[] = []
  let [x, y] = [before.length, after.length]
  for (let steps = trace.length - 1; steps >= 0; steps--) {
    const furthest = trace[steps] ?? new Map<number, number>()
    const diagonal = x - y
    const start = steps === 0 ? 0 : startOf(furthest, diagonal, steps)
    for (; x > start; x--, y--) lines.push({ sign: ' ', text: before[x - 1] ?? '' })
    if (steps === 0) break
    const down = isDown(diagonal, steps, at(furthest, diagonal - 1), at(furthest, diagonal + 1))
    if (down) lines.push({ sign: '+', text: after[--y] ?? '' })
    else lines.push({ sign: '-', text: before[--x] ?? '' })
  }
  return lines.reverse()
}

function at(furthest: ReadonlyMap<number, number>, diagonal: number): number {
  return furthest.get(diagonal) ?? -1
}
