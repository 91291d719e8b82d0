import { structuredPatch } from 'diff'

/** Lines around a change that show where it is. */
const CONTEXT = 3

/** What changes from one text to another, as `diff -u` shows it, without its first two lines; none where nothing changes. */
export function unifiedDiff(before: readonly string[], after: readonly string[]): string[] {
  const { hunks } = structuredPatch('', '', text(before), text(after), undefined, undefined, {
    context: CONTEXT,
  })
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...lines,
  ])
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

/** Of no lines, the line before them is named. */
function range(start: number, count: number): string {
  return count === 0 ? `${start - 1},0` : count === 1 ? `${start}` : `${start},${count}`
}
