import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { EventView } from '../../src/wire/views.ts'

const doc = readFileSync('docs/operations.md', 'utf8')

it('docs/operations.md explains every event, and no other', () => {
  const [, table = ''] = doc.split('| event | meaning |')
  const explained = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| `([a-z-]+)` \|/gm)].map(
    ([, type]) => type,
  )
  const types: string[] = EventView.properties.type.anyOf.map(({ const: type }) => type)
  // Of the log alone.
  expect(explained.sort()).toEqual([...types, 'turned-away'].sort())
})

it('the service of HAProxy loads what it checks, and checks it before a reload', () => {
  const unit = readFileSync('deploy/systemd/homeport-haproxy.service', 'utf8')
  const files = [...unit.matchAll(/^Exec(?:Start|Reload)=\/usr\/sbin\/haproxy .*?(-f .*)$/gm)].map(
    ([, f]) => f,
  )
  expect(files).toHaveLength(2)
  expect(files[0]).toBe(files[1])
  expect(unit).toMatch(/^ExecReload=\/usr\/sbin\/haproxy -c .*\nExecReload=\/bin\/kill -USR2 \$MAINPID$/m)
})
