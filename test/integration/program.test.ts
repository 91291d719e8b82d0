import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, cp, mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cacheOf } from '../../src/cli/code-cache.ts'
import { fakeEdge } from '../../src/testing/fake-edge.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '../..')

/** A checkout with nothing in it but what bin/homeport looks at, and a Node that only says how it was called. */
async function checkout(files: readonly string[], version = 'v24.1.0') {
  const root = await temporaryFolder(onTestFinished)
  const put = async (path: string, text = '') => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  await put('package.json')
  for (const file of files) await put(file)
  await mkdir(join(root, 'bin'))
  await cp(join(ROOT, 'bin/homeport'), join(root, 'bin/homeport'))
  await put('node', `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; else echo "$@"; fi\n`)
  await chmod(join(root, 'node'), 0o755)
  const run = (
    args: string[],
    { program = join(root, 'bin/homeport'), env = { HOMEPORT_NODE: join(root, 'node') } } = {},
  ) => {
    const { stdout, stderr, status } = spawnSync(program, args, {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', ...env },
    })
    return { stdout: stdout.replaceAll(root, '').trim(), stderr: stderr.replaceAll(root, ''), status }
  }
  return { root, run }
}

const SOURCES = [
  'src/cli/start.ts',
  'src/agent/start.ts',
  'src/cli/start-controller.ts',
  'src/cli/start-edge.ts',
  'src/cli/start-stack.ts',
]
const BUILT = ['homeport.js', 'agent.cjs', 'controller.cjs', 'edge.cjs', 'stack.cjs'].map(
  (name) => `dist/${name}`,
)
const FLAG = '--disable-warning=ExperimentalWarning'

describe('bin/homeport', () => {
  it('runs the sources where nothing is built', async () => {
    const { run } = await checkout(SOURCES)
    expect(run(['routes', '--json']).stdout).toBe(`${FLAG} /src/cli/start.ts routes --json`)
    expect(run(['agent', '--owner', 'a b']).stdout).toBe(`${FLAG} /src/agent/start.ts --owner a b`)
    expect(run(['controller', '--cluster', 'a']).stdout).toBe(
      `${FLAG} --max-semi-space-size=1 /src/cli/start-controller.ts --cluster a`,
    )
  })

  it('runs what is built, what runs for years alone', async () => {
    const { run } = await checkout([...SOURCES, ...BUILT])
    expect(run(['routes']).stdout).toBe(`${FLAG} /dist/homeport.js routes`)
    expect(run(['agent']).stdout).toBe(`${FLAG} --lite-mode /dist/agent.cjs`)
    expect(run(['controller']).stdout).toBe(`${FLAG} --max-semi-space-size=1 /dist/controller.cjs`)
    expect(run(['edge', '--log-level', 'debug']).stdout).toBe(
      `${FLAG} --max-semi-space-size=1 --expose-gc /dist/edge.cjs --log-level debug`,
    )
    expect(run(['stack', 'render', '-c', 'a']).stdout).toBe(
      `${FLAG} --min-semi-space-size=8 --max-semi-space-size=8 /dist/stack.cjs stack render -c a`,
    )
    expect(run(['stack', '--help']).stdout).toBe(`${FLAG} /dist/homeport.js stack --help`)
  })

  it('runs the sources where one is newer, other than a test', async () => {
    const { root, run } = await checkout([
      ...SOURCES,
      'src/core/route.ts',
      'src/core/route.test.ts',
      ...BUILT,
    ])
    const later = new Date(Date.now() + 60_000)
    await utimes(join(root, 'src/core/route.test.ts'), later, later)
    expect(run(['routes']).stdout).toContain('/dist/homeport.js')
    await utimes(join(root, 'src/core/route.ts'), later, later)
    expect(run(['routes']).stdout).toContain('/src/cli/start.ts')
  })

  it('runs from a package that has no sources, through links', async () => {
    const { root, run } = await checkout(BUILT)
    await symlink('bin/homeport', join(root, 'relative'))
    await symlink(join(root, 'relative'), join(root, 'absolute'))
    expect(run(['routes'], { program: join(root, 'absolute') }).stdout).toBe(
      `${FLAG} /dist/homeport.js routes`,
    )
  })

  it('takes no bundle for fresh where it cannot tell', async () => {
    const { root, run } = await checkout([...SOURCES, ...BUILT])
    await mkdir(join(root, 'path'))
    for (const tool of ['sh', 'cat']) await symlink(`/bin/${tool}`, join(root, 'path', tool))
    await writeFile(join(root, 'path/find'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const env = { HOMEPORT_NODE: join(root, 'node'), PATH: join(root, 'path') }
    expect(run(['routes'], { env }).stdout).toBe(`${FLAG} /src/cli/start.ts routes`)
  })

  it('says in one line what is missing', async () => {
    const old = await checkout(SOURCES, 'v22.1.0')
    expect(old.run(['routes'])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'homeport: HOMEPORT_NODE (/node) is not Node 24 or newer\n',
    })
    const env = { HOMEPORT_NODE: '', PATH: old.root }
    await symlink('/bin/sh', join(old.root, 'sh'))
    for (const tool of ['dirname', 'readlink']) await symlink(`/usr/bin/${tool}`, join(old.root, tool))
    expect(old.run(['routes'], { env })).toEqual({
      status: 1,
      stdout: '',
      stderr: 'homeport: needs Node 24 or newer: run make setup in , or set HOMEPORT_NODE to one\n',
    })
    const empty = await checkout([])
    expect(empty.run(['routes']).stderr).toMatch(/^homeport: there is neither .*: run make build in \n$/)
  })

  it('keeps the exit code', async () => {
    const { status, stdout } = spawnSync(join(ROOT, 'bin/homeport'), ['explain', 'nonsense'], {
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  })
})

/** Whether the code of V8's beside a bundle is taken, with the flags of bin/homeport; undefined where none is offered. */
async function takesCode(bundle: string): Promise<string> {
  const { run } = await checkout(BUILT)
  const flags = run(['stack', 'render'])
    .stdout.split(' ')
    .filter((word) => word.startsWith('--'))
  const look = `import { scriptOf } from ${JSON.stringify(join(ROOT, 'src/cli/code-cache.ts'))}
    const { cachedDataRejected } = scriptOf(${JSON.stringify(bundle)})
    console.log(cachedDataRejected === undefined ? undefined : !cachedDataRejected)`
  const args = [...flags, '--input-type=module', '--eval', look]
  return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trim()
}

describe('an output that cannot be written', () => {
  const shell = (line: string) => {
    const { status, stderr } = spawnSync('sh', ['-c', line], { cwd: ROOT, encoding: 'utf8' })
    return { status, stderr }
  }

  it.each(['explain', 'stack config -c scripts/warm-up/stack.yml'])(
    'is a fault of the machine, and no fault where its reader has seen enough: %s',
    (command) => {
      const { status, stderr } = shell(`bin/homeport ${command} >/dev/full`)
      expect(status).toBe(1)
      expect(stderr).toContain('homeport: the output cannot be written: ENOSPC: no space left on device')
      expect(shell(`{ bin/homeport ${command}; echo $? >&2; } | true`).stderr).toMatch(/^0$/m)
    },
  )
})

describe('what is built', () => {
  it('works, keeps the edge out of the other commands, and the agent small', async () => {
    const dist = join(await temporaryFolder(onTestFinished), 'dist')
    // What a machine sets for its own ends is not for the stack that the build runs.
    const env = { ...process.env, TAG: 'feature/x' }
    const built = spawnSync(process.execPath, [join(ROOT, 'scripts/build.ts'), dist], {
      encoding: 'utf8',
      env,
    })
    expect(built.stderr).toBe('')

    expect(readFileSync(join(dist, 'homeport.js'), 'utf8')).not.toContain('fastify')
    const explain = spawnSync(process.execPath, [join(dist, 'homeport.js'), 'explain', 'port-taken'])
    expect(explain.status).toBe(0)
    const wrong = spawnSync(process.execPath, [join(dist, 'homeport.js'), 'edge', '--nope', '1'], {
      encoding: 'utf8',
    })
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toContain('--nope: there is no such flag')

    const program = join(dist, 'stack-program.cjs')
    const runs = () => {
      const config = ['stack', 'config', '-c', join(ROOT, 'scripts/warm-up/stack.yml')]
      expect(spawnSync(process.execPath, [join(dist, 'stack.cjs'), ...config]).status).toBe(0)
    }
    expect(await takesCode(program)).toBe('true')
    runs()
    // V8 would run what a broken disk made of it, and that of another program of the same length.
    const code = readFileSync(cacheOf(program))
    const middle = Math.floor(code.length / 2)
    writeFileSync(cacheOf(program), code.with(middle, (code.at(middle) ?? 0) ^ 255))
    expect(await takesCode(program)).toBe('undefined')
    runs()
    writeFileSync(cacheOf(program), code)
    writeFileSync(program, readFileSync(program, 'utf8').replace('error', 'eRRor'))
    expect(await takesCode(program)).toBe('undefined')
    rmSync(cacheOf(program))
    runs()

    const edge = await fakeEdge(onTestFinished)
    const agent = await startProcess(onTestFinished, process.execPath, [join(dist, 'agent.cjs')], {
      env: {
        HOMEPORT_EDGES: edge.url,
        HOMEPORT_TOKEN: edge.token,
        HOMEPORT_OWNER: 'mqtt/mosquitto',
        HOMEPORT_CLAIMS: '8443:30843',
      },
    })
    await agent.printed(/live/)
    // What docs/agent.md says, and some room: its own memory, and with the pages of Node's program.
    const memory = readFileSync(`/proc/${agent.pid}/status`, 'utf8')
    const megabytes = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(memory)?.[1]) / 1024
    expect(megabytes('RssAnon')).toBeLessThan(20)
    expect(megabytes('VmRSS')).toBeLessThan(64)
  })
})
