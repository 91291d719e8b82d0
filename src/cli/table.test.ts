import { describe, expect, it } from 'vitest'
import { tableText } from './table.ts'
import type { Terminal } from './terminal.ts'

const terminal = (columns?: number): Terminal => ({
  out: () => {},
  err: () => {},
  columns,
  isWatched: false,
  paint: (style, text) => `<${style}>${text}</>`,
})
const lines = (text: string) => text.trimEnd().split('\n')
const bare = (text: string) => text.replaceAll(/<[^>]*>/g, '')

describe('tableText', () => {
  it('lines up, and paints what has a style', () => {
    const rows = [
      ['tcp/8443', { text: 'live', style: 'green' as const }, 'a/b/c'],
      ['tcp/22', { text: 'refused', style: 'red' as const }, 'x'],
    ]
    expect(lines(tableText(['PORT', 'STATE', 'OWNER'], rows, terminal()))).toEqual([
      '<bold>PORT    </>  <bold>STATE  </>  <bold>OWNER</>',
      'tcp/8443  <green>live   </>  a/b/c',
      'tcp/22    <red>refused</>  x',
    ])
  })

  it.each([40, 60, 80])('stays within %d columns, the widest giving way', (columns) => {
    const rows = [['tcp/8443', 'x'.repeat(100), 'y'.repeat(30)]]
    const [, row = ''] = lines(bare(tableText(['PORT', 'A', 'B'], rows, terminal(columns))))
    expect(row.length).toBe(columns)
    expect(row).toContain('tcp/8443')
    expect(row).toContain('…')
  })

  it('cuts nothing where the output is no terminal', () => {
    expect(tableText(['A'], [['x'.repeat(500)]], terminal())).toContain('x'.repeat(500))
  })

  it('lets no control character through', () => {
    expect(bare(tableText(['A'], [['a\x1b[2Jb\nc']], terminal()))).toBe('A\na [2Jb c\n')
  })
})
