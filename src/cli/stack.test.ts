// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Compose's variables
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { homeport } from '../testing/homeport-command.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { type Disk, processDisk } from './disk.ts'

/** A folder with these files, and a way to run commands in it. */
async function inFolder(files: Readonly<Record<string, string | Uint8Array>>, input = '') {
  const folder = await temporaryFolder(onTestFinished)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const disk: Disk = { ...processDisk, folder, readInput: () => new TextEncoder().encode(input) }
  const stack = (...args: string[]) => homeport(['stack', ...args], { TAG: '1.27' }, 0, disk)
  return { folder, stack }
}

const WEB = 'services:\n  web:\n    image: nginx:$TAG\n'

describe('homeport stack config', () => {
  it('prints the canonical form, with variables of the environment', async () => {
    const { stack } = await inFolder({ 'stack.yml': WEB, '.env': 'TAG=of-the-file\n' })
    const { code, out, err } = await stack('config', '-c', 'stack.yml')
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'version: "3.13"\nservices:\n  web:\n    image: nginx:1.27\n',
      err: '',
    })
  })

  it('merges several files, one of them the standard input', async () => {
    const { stack } = await inFolder({ 'stack.yml': WEB }, 'services: {web: {hostname: h}}')
    const { out } = await stack('config', '-c', 'stack.yml', '-c', '-')
    expect(out).toContain('    hostname: h\n    image: nginx:1.27\n')
  })

  it('says what is wrong on stderr, all of it, and ends with 3', async () => {
    const { stack } = await inFolder({ 'stack.yml': `${WEB}    imag: x\n    ports: [x]\n` })
    const { code, out, err } = await stack('config', '-c', 'stack.yml')
    expect(code).toBe(3)
    expect(out).toBe('')
    expect(err).toContain(
      [
        'stack.yml:4:5: error: services.web Additional property imag is not allowed',
        '2 |   web:',
        '3 |     image: nginx:$TAG',
        '4 |     imag: x',
        '  |     ^',
        'Did you mean image?',
      ].join('\n'),
    )
    expect(err).toContain("stack.yml:5:13: error: services.web.ports.0 Does not match format 'ports'")
    expect(err).toContain('error stack-invalid: 2 errors in stack.yml')
  })

  it.each([
    [[], 'no stack file is given'],
    [['-c', 'nope.yml'], "nope.yml can't be read: ENOENT"],
    [['-c', '.'], "can't be read: EISDIR"],
    [['-c', '-', '-c', '-'], 'read once only'],
    [['-c', 'large.yml'], 'large.yml has more than 4 MiB'],
  ])('%j is a fault of usage', async (args, message) => {
    const { stack } = await inFolder({ 'large.yml': 'x'.repeat(5 * 1024 * 1024) })
    const { code, err } = await stack('config', ...args)
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(err).not.toMatch(/^\s+at /m)
  })
})

describe('homeport stack check', () => {
  it('says all that is dropped or changed, and ends with 0 where nothing is refused', async () => {
    const { stack } = await inFolder({
      'stack.yml': `${WEB}    privileged: true\n    hostname: Not_One\n`,
    })
    const { code, out, err } = await stack('check', '-c', 'stack.yml', 'shop')
    expect(code).toBe(0)
    expect(out).toContain('stack.yml:4:5: warning: services.web.privileged is ignored by Swarm')
    expect(out.match(/stack\.yml:4:5/g)).toHaveLength(1)
    expect(out).toContain('stack.yml:5:15: warning: Kubernetes takes no hostname Not_One: it is dropped')
    expect(err).toContain('Next: homeport stack render -c stack.yml shop')
  })

  it('says what reading refuses and what rendering refuses together, in the order of the lines', async () => {
    const { stack } = await inFolder({
      'stack.yml': [
        'services:',
        '  web:',
        '    image: web:1',
        '    volumes: ["/var/run/docker.sock:/x"]',
        '    ports: ["127.0.0.1:80:80"]',
        '    env_file: nope.env',
        '  db: {build: .}',
        '',
      ].join('\n'),
    })
    const { code, out, err } = await stack('check', '-c', 'stack.yml')
    expect(code).toBe(3)
    expect(out.match(/^stack\.yml:.*error/gm)).toEqual([
      'stack.yml:4:15: error',
      'stack.yml:5:13: error',
      'stack.yml:6:15: error',
      'stack.yml:7:15: error',
    ])
    expect(out).not.toContain('warning: ignoring IP-address')
    expect(err).toContain('4 errors in stack.yml')
  })

  it('prints JSON for programs', async () => {
    const { stack } = await inFolder({ 'stack.yml': 'services:\n  web: 5\n' })
    const { code, out } = await stack('check', '-c', 'stack.yml', '--json')
    expect(code).toBe(3)
    expect(JSON.parse(out)).toEqual([
      {
        severity: 'error',
        file: 'stack.yml',
        line: 2,
        column: 8,
        path: 'services.web',
        detail: 'services.web must be a mapping',
        remedy: 'Write a mapping, its parts on lines of their own below the key.',
        excerpt: '1 | services:\n2 |   web: 5\n  |        ^',
      },
    ])
  })

  it('prints nothing that commands a terminal', async () => {
    const { stack } = await inFolder({ 'stack.yml': 'services:\n  web:\n    "\\e[31mred": 5 # \u009b31m\n' })
    const { out } = await stack('check', '-c', 'stack.yml')
    expect(out).toContain('Additional property')
    expect(out).not.toMatch(/[^\n\P{Cc}]/u)
  })

  it('reads what is no text without a trace', async () => {
    const { stack } = await inFolder({ 'stack.yml': Uint8Array.of(0x61, 0x0a, 0xff, 0xfe) })
    const { code, out } = await stack('check', '-c', 'stack.yml')
    expect(code).toBe(3)
    expect(out).toContain('stack.yml:2:1: error: the file is not UTF-8 text')
  })
})

describe('--compose', () => {
  const COMPOSE =
    'services:\n  web:\n    extends: {file: base.yml, service: base}\n    ports: ["127.0.0.1:80:80"]\n'
  const BASE = 'services: {base: {image: "nginx:${TAG}-${FROM:-none}"}}'

  it('prints what docker compose config prints, with .env below the environment', async () => {
    const { stack } = await inFolder({
      'c.yml': COMPOSE,
      'base.yml': BASE,
      '.env': 'TAG=of-the-file\nFROM=file\n',
    })
    const { code, out, err } = await stack('config', '--compose', '-c', 'c.yml')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('    image: nginx:1.27-file\n    networks:\n      default: null\n')
    expect(out).toContain('        host_ip: 127.0.0.1\n')
  })

  it('takes other files with variables, and profiles', async () => {
    const { stack } = await inFolder({
      'c.yml':
        'services: {a: {image: "a:$FROM"}, b: {image: b, profiles: [p]}, c: {image: c, profiles: [q]}}',
      'other.env': 'FROM=other',
    })
    const { out } = await stack(
      'config',
      '--compose',
      '-c',
      'c.yml',
      '--env-file',
      'other.env',
      '--profile',
      'p',
    )
    expect(out).toContain('image: a:other')
    expect(out).toContain('  b:\n')
    expect(out).not.toContain('  c:\n')
  })

  it('says what becomes of keys, and shows the lines of files that are extended', async () => {
    const { stack } = await inFolder({
      'c.yml': COMPOSE,
      'base.yml': 'services:\n  base:\n    image: x\n    cpuset: "0"\n    devices: [/dev/x]\n',
    })
    const { code, out } = await stack('check', '--compose', '-c', 'c.yml')
    expect(out).toContain(
      'base.yml:4:5: warning: cpuset is dropped: the kubelet chooses the cores\n2 |   base:\n',
    )
    expect(out).toContain('c.yml:4:13: warning: the port 80 is published on 127.0.0.1 alone')
    expect(out).toContain(
      'base.yml:5:5: error: devices is refused: devices of a node are given to pods by a device plugin',
    )
    expect(code).toBe(3)
  })

  it('is hinted at where a file is plainly of Compose', async () => {
    const { stack } = await inFolder({ 'c.yml': COMPOSE, 'base.yml': BASE })
    expect((await stack('check', '-c', 'c.yml')).out).toContain(
      'If the file is one of docker compose, give --compose.',
    )
  })

  it.each([
    ['{file: ../base.yml, service: base}', "outside of the stack's folder"],
    ['{file: /etc/hostname, service: base}', "outside of the stack's folder"],
    ['{file: link.yml, service: base}', "outside of the stack's folder"],
    ['{file: nope.yml, service: base}', 'no such file or directory'],
    ['{file: sub, service: base}', 'is a directory'],
    ['{file: c.yml, service: web}', 'Circular reference: web in c.yml, which extends web in c.yml'],
  ])('extends no file that is not to be read: %s', async (extended, message) => {
    const { folder, stack } = await inFolder({
      'a/c.yml': `services: {web: {extends: ${extended}}}`,
      'a/sub/x': '',
      'base.yml': BASE,
    })
    symlinkSync(join(folder, 'base.yml'), join(folder, 'a/link.yml'))
    const { code, err } = await stack('config', '--compose', '-c', 'a/c.yml')
    expect(code).toBe(3)
    expect(err.replaceAll('a/c.yml', 'c.yml')).toContain(message)
    expect(err).not.toMatch(/^\s+at /m)
  })

  it('extends a file outside where that is allowed', async () => {
    const { stack } = await inFolder({
      'a/c.yml': 'services: {web: {extends: {file: ../base.yml, service: base}}}',
      'base.yml': BASE,
    })
    const { out } = await stack('config', '--compose', '-c', 'a/c.yml', '--allow-outside')
    expect(out).toContain('image: nginx:1.27-none')
  })

  it('is asked for with its options', async () => {
    const { stack } = await inFolder({ 'c.yml': COMPOSE })
    const { code, err } = await stack('config', '-c', 'c.yml', '--profile', 'p')
    expect(code).toBe(2)
    expect(err).toContain('--env-file and --profile are for --compose')
  })

  it('renders under the name of the command, and says where the file has another', async () => {
    const { stack } = await inFolder({
      'c.yml': 'name: other\nservices: {web: {image: "web:$COMPOSE_PROJECT_NAME"}}',
    })
    const { code, out, err } = await stack('render', '--compose', '-c', 'c.yml', 'shop')
    expect(code).toBe(0)
    expect(out).toContain('namespace: shop')
    expect(out).toContain('image: web:shop')
    expect(err).toContain('c.yml:1:7: warning: the stack is called shop here, not other')
  })
})

describe('the files that a stack names', () => {
  const naming = (path: string) => `services: {web: {image: x, env_file: ${path}}}`

  it('are read below the folder of the first file', async () => {
    const { stack } = await inFolder({ 'a/stack.yml': naming('x.env'), 'a/x.env': 'A=1' })
    expect((await stack('config', '-c', 'a/stack.yml')).out).toContain('A: "1"')
  })

  it.each([['../secret.env'], ['/etc/hostname'], ['link.env'], ['./x/../../secret.env']])(
    'are refused outside: %s',
    async (path) => {
      const { folder, stack } = await inFolder({
        'a/stack.yml': naming(path),
        'secret.env': 'KEY=hidden',
        'a/x/y': '',
      })
      symlinkSync(join(folder, 'secret.env'), join(folder, 'a/link.env'))
      const { code, err, out } = await stack('config', '-c', 'a/stack.yml')
      expect(code).toBe(3)
      expect(err).toContain("outside of the stack's folder")
      expect(out + err).not.toContain('hidden')
    },
  )

  it('are read outside where that is allowed', async () => {
    const { stack } = await inFolder({ 'a/stack.yml': naming('../secret.env'), 'secret.env': 'KEY=shown' })
    expect((await stack('config', '-c', 'a/stack.yml', '--allow-outside')).out).toContain('KEY: shown')
  })

  it('are read below --host-root where their path is absolute, and not outside of that', async () => {
    const { folder, stack } = await inFolder({
      'stack.yml': naming('/var/x.env'),
      'host/var/x.env': 'A=1',
      'y.env': 'B=2',
    })
    const args = ['config', '-c', 'stack.yml', '--host-root', 'host']
    expect((await stack(...args)).out).toContain('A: "1"')
    symlinkSync(join(folder, 'y.env'), join(folder, 'host/var/y.env'))
    writeFileSync(join(folder, 'stack.yml'), naming('/var/y.env'))
    expect((await stack(...args)).err).toContain("outside of the stack's folder")
  })

  it.each([
    ['nope.env', 'no such file or directory'],
    ['.', 'is a directory'],
    ['large.env', 'more than 1048576 bytes'],
    ['bad.env', "variable 'A B' contains whitespaces, on line 2"],
  ])('are refused with the reason: %s', async (path, reason) => {
    const large = 'A=1\n'.repeat(300_000)
    const { stack } = await inFolder({
      'stack.yml': naming(path),
      'large.env': large,
      'bad.env': '# x\nA B=1',
    })
    const { code, err } = await stack('config', '-c', 'stack.yml')
    expect(code).toBe(3)
    expect(err).toContain(reason)
  })
})
