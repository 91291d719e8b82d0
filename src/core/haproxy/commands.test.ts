import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aRoute, routesOf, to } from '../../testing/routes.ts'
import type { ObservedBackend } from '../plan/observed.ts'
import { portKey } from '../route.ts'
import { commandLines, commandsFor, removeCommands } from './commands.ts'
import { Drain } from './drain.ts'
import { renderServers } from './section.ts'

const key = portKey('tcp', 8443)

describe('commandsFor', () => {
  it('adds a server with the very words of the configuration', () => {
    const route = aRoute(8443, { check: { type: 'tcp' }, backends: [to('2001:db8::1', 1, 'v2')] })
    const [add, ...rest] = commandsFor({
      kind: 'add-backend',
      key,
      backend: to('2001:db8::1', 1, 'v2'),
      route,
    })
    expect(`    ${add?.replace('add server tcp-8443/', 'server ')}\n`).toBe(renderServers(route))
    expect(rest).toEqual([
      'set server tcp-8443/2001:db8::1:1:v2 state ready',
      'enable health tcp-8443/2001:db8::1:1:v2',
    ])
  })

  it('retires and takes back', () => {
    expect(commandsFor({ kind: 'retire-backend', key, name: '192.0.2.1:1' })).toEqual([
      'set server tcp-8443/192.0.2.1:1 state drain',
    ])
    expect(commandsFor({ kind: 'readmit-backend', key, name: '192.0.2.1:1' })).toEqual([
      'set server tcp-8443/192.0.2.1:1 state ready',
      'enable health tcp-8443/192.0.2.1:1',
    ])
  })

  it.each(['a; disable frontend x', 'a\nb', 'a b', '<<'])('lets no %j through', (name) => {
    expect(() => commandsFor({ kind: 'retire-backend', key, name })).toThrow('may not stand')
    expect(() => removeCommands(key, name, true)).toThrow('may not stand')
  })
})

describe('commandLines', () => {
  it('keeps all, in order, in lines that HAProxy reads whole', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z ]{1,300}$/), { maxLength: 300 }), (commands) => {
        const lines = commandLines(commands)
        expect(lines.flatMap((line) => line.split('; '))).toEqual(commands)
        for (const line of lines) expect(line.length).toBeLessThan(8_192)
      }),
    )
  })
})

describe('Drain', () => {
  const backend = (name: string, more: Partial<ObservedBackend>): ObservedBackend => ({
    name,
    admission: 'leaving',
    health: 'up',
    sessions: 1,
    ...more,
  })
  const seen = (...backends: ObservedBackend[]) => new Map([[key, new Map(backends.map((b) => [b.name, b]))]])
  const none = routesOf()

  it('removes what has no session, and cuts what had its time', () => {
    const drain = new Drain(1_000)
    const busy = backend('192.0.2.1:1', {})
    const idle = backend('192.0.2.2:1', { sessions: 0 })
    const staying = backend('192.0.2.3:1', { admission: 'ready', sessions: 0 })
    expect(drain.removals(seen(busy, idle, staying), none, 0)).toEqual({
      keys: [key],
      commands: removeCommands(key, '192.0.2.2:1', false),
    })
    expect(drain.removals(seen(busy), none, 999)).toEqual({ keys: [], commands: [] })
    expect(drain.removals(seen(busy), none, 1_000).commands).toEqual(removeCommands(key, '192.0.2.1:1', true))
  })

  it('begins anew for one that was taken back between', () => {
    const drain = new Drain(1_000)
    const busy = backend('192.0.2.1:1', {})
    drain.removals(seen(busy), none, 0)
    drain.removals(seen({ ...busy, admission: 'ready' }), none, 500)
    expect(drain.removals(seen(busy), none, 1_400).commands).toEqual([])
  })

  it('ends sessions in old workers once, when the time of what went is over', () => {
    const drain = new Drain(1_000)
    drain.removals(seen(backend('192.0.2.1:1', { sessions: 0 })), none, 0)
    drain.removals(seen(), none, 400)
    drain.depart('tcp/9000', ['192.0.2.2:1'], 500)
    expect(drain.overdue(none, 999)).toEqual([])
    expect(drain.overdue(none, 1_499)).toEqual([{ key, name: '192.0.2.1:1' }])
    expect(drain.overdue(none, 1_500)).toEqual([{ key: 'tcp/9000', name: '192.0.2.2:1' }])
    expect(drain.overdue(none, 9_000)).toEqual([])
  })

  it('ends no session of a backend that is wanted again', () => {
    const drain = new Drain(1_000)
    drain.depart(key, ['192.0.2.1:1'], 0)
    const wanted = routesOf(aRoute(8443, { backends: [to('192.0.2.1', 1)] }))
    expect(drain.overdue(wanted, 1_000)).toEqual([])
    expect(drain.overdue(none, 1_000)).toEqual([])
  })

  it('waits with old workers for the current one', () => {
    const drain = new Drain(1_000)
    const busy = backend('192.0.2.1:1', {})
    drain.removals(seen(busy), none, 0)
    drain.removals(seen(busy), none, 1_000)
    expect(drain.overdue(none, 1_000)).toEqual([])
    drain.removals(seen(), none, 2_000)
    expect(drain.overdue(none, 2_000)).toEqual([{ key, name: '192.0.2.1:1' }])
  })

  it('leaves one alone that is wanted', () => {
    const wanted = routesOf(aRoute(8443, { backends: [to('192.0.2.1', 1)] }))
    const idle = backend('192.0.2.1:1', { sessions: 0 })
    expect(new Drain(0).removals(seen(idle), wanted, 0).commands).toEqual([])
  })
})
