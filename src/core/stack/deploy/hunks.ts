/** A line that goes (`-`), comes (`+`) or stays (` `). */
export interface DiffLine {
  readonly sign: '-' | '+' | ' '
  readonly text: string
}

/** Lines around a change that show where it is. */
const CONTEXT = 3

/** The changes as `diff -u` shows them, without its first two lines; none where nothing changes. */
export function hunks(lines: readonly DiffLine[]): string[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  )
  const out: string[] = []
  let [old, fresh] = [1, 1]
  for (let index = 0; index < lines.length; ) {
    const shown = near[index] === true
    let end = index
    while (end < lines.length && near[end] === shown) end++
    const part = lines.slice(index, end)
    const [olds, news] = [
      part.filter(({ sign }) => sign !== '+').length,
      part.filter(({ sign }) => sign !== '-').length,
    ]
    if (shown)
      out.push(
        `@@ -${range(old, olds)} +${range(fresh, news)} @@`,
        ...part.map(({ sign, text }) => `${sign}${text}`),
      )
    old += olds
    fresh += news
    index = end
  }
  return out
}

/** Of no lines, the line before them is named. */
function range(start: number, count: number): string {
  return count === 0 ? `${start - 1},0` : count === 1 ? `${start}` : `${start},${count}`
}
