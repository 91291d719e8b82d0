import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigInvalid, loadSettings } from '../../settings/load-settings.ts'
import { edgeSheet } from './edge-sheet.ts'
import { folderFault } from './folder-fault.ts'
import type { Settings } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'homeport-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

function configFile(text: string): string {
  files += 1
  const file = join(folder, `${files}-edge.yaml`)
  writeFileSync(file, text)
  return file
}

/** The settings on a machine where every folder can be used. */
function load(flags: Record<string, string>, environment: Record<string, string>): Settings {
  return loadSettings(edgeSheet(), flags, environment)
}

/** Every fault, a line each. */
function faultsOf(
  flags: Record<string, string>,
  environment: Record<string, string> = {},
  read: typeof load = load,
): string[] {
  try {
    read(flags, environment)
    return []
  } catch (error) {
    if (error instanceof ConfigInvalid)
      return error.faults.map(({ where, message }) => `${where}: ${message}`)
    throw error
  }
}

describe('precedence', () => {
  const config = configFile('leases: { hold: 3h }\nstateDir: /from/file\nruntimeDir: /run/file\n')

  it('is flags, environment, file, default', () => {
    const settings = load(
      { config, 'leases-hold': '1h' },
      { HOMEPORT_EDGE_LEASES_HOLD: '2h', HOMEPORT_EDGE_STATE_DIR: '/from/environment' },
    )
    expect(settings.leases.hold).toBe(3_600_000)
    expect(settings.stateDir).toBe('/from/environment')
    expect(settings.runtimeDir).toBe('/run/file')
    expect(settings.api.listen).toEqual({ host: '::', port: 9443 })
  })

  it.each(['connect-timeout', 'idle-timeout', 'old-worker-time'])(
    "holds haproxy-%s to what HAProxy's timers hold",
    (name) => {
      expect(faultsOf({ [`haproxy-${name}`]: '24d' })).toEqual([])
      expect(faultsOf({ [`haproxy-${name}`]: '25d' })).toEqual([expect.stringContaining('at most 24d')])
    },
  )

  it('does without a file', () => {
    expect(load({}, { PATH: '/bin' }).haproxy.start).toBe('own')
  })
})

describe('lists', () => {
  it('are YAML lists, or texts with commas', () => {
    const config = configFile('ports:\n  reserved: [22, 9000-9100]\n')
    expect(load({ config }, {}).ports.reserved).toEqual(['22', '9000-9100'])
    expect(load({ 'ports-reserved': '22, 9000-9100' }, {}).ports.reserved).toEqual(['22', '9000-9100'])
  })
})

describe('faults', () => {
  it('are found all at once, each with its place', () => {
    const config = configFile('api:\n  listen: 9443\nleases:\n  hold: 90\nhaproxy:\n  drian: 1m\nhold: 1h\n')
    expect(faultsOf({ config, 'log-level': 'loud', nope: '1' }, { HOMEPORT_EDGE_STATEDIR: '/x' })).toEqual([
      '--nope: there is no such flag',
      'HOMEPORT_EDGE_STATEDIR: there is no such setting',
      `${config}:6:10: haproxy.drian: there is no such setting`,
      `${config}:7:7: hold: there is no such setting (did you mean leases.hold?)`,
      `${config}:2:11: api.listen: "9443" is not an address and port such as [::]:9443 or 192.0.2.1:9443`,
      `${config}:4:9: leases.hold: "90" is not a duration such as 30s, 10m, 24h or 7d`,
      '--log-level: log.level: "loud" is not debug or info or warn or error',
    ])
  })

  it.each([
    ['a: [1', /edge\.yaml:1:/],
    ['stateDir: /a\nstateDir: /b\n', /edge\.yaml:2:1: Map keys must be unique/],
    ['just text', /must be a map/],
    ['- a\n- b', /must be a map/],
    ['stateDir: { a: 1 }', /stateDir: must be a value/],
    ['api: 5', /api: there is no such setting/],
    ['stateDir: [/a, /b]', /stateDir: takes one value/],
  ])('YAML %j', (text, message) => {
    expect(faultsOf({ config: configFile(text) }).join('\n')).toMatch(message)
  })

  it('an empty file is a file without settings', () => {
    expect(faultsOf({ config: configFile('') })).toEqual([])
    expect(faultsOf({ config: configFile('# nothing yet\n') })).toEqual([])
  })

  it('a named file that is missing', () => {
    expect(faultsOf({ config: '/nowhere/edge.yaml' })).toEqual([
      '/nowhere/edge.yaml: cannot be read (ENOENT)',
    ])
  })

  it.each([
    [{ 'tls-key': '/k' }, /tls.key: needs tls.certificate/],
    [{ 'tls-certificate': '/c' }, /tls.certificate: needs tls.key/],
    [{ 'webhook-listen': '[::]:9000' }, /needs webhook.tokenFile/],
    [{ 'webhook-listen': '[::]:9443', 'webhook-token-file': '/t' }, /is the port of api.listen/],
    [{ 'runtime-dir': `/${'x'.repeat(90)}` }, /longer than 80/],
  ])('settings that contradict each other: %j', (flags, message) => {
    expect(faultsOf(flags).join('\n')).toMatch(message)
  })
})

describe('folders', () => {
  const onThisMachine: typeof load = (...args) => loadSettings(edgeSheet(folderFault), ...args)

  it('that can be used, or made, are taken, and nothing is made yet', () => {
    const state = join(folder, 'not', 'yet')
    expect(faultsOf({ 'state-dir': state, 'runtime-dir': folder }, {}, onThisMachine)).toEqual([])
    expect(existsSync(join(folder, 'not'))).toBe(false)
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('are refused by name where none can be made, with all other faults', () => {
    const file = configFile('')
    const flags = { 'state-dir': '/proc/homeport/state', 'runtime-dir': `${file}/run`, 'log-level': 'loud' }
    expect(faultsOf(flags, {}, onThisMachine)).toEqual([
      '--log-level: log.level: "loud" is not debug or info or warn or error',
      expect.stringMatching(/^--state-dir: stateDir: \/proc is no folder that can be written \(E[A-Z]+\)$/),
      `--runtime-dir: runtimeDir: ${file} is no folder`,
    ])
  })
})
