import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from './cleanup.ts'
import { connectAndRead } from './connect-and-read.ts'
import { echoServer } from './echo-server.ts'
import { isAlive } from './end-process.ts'
import { freePorts } from './free-port.ts'
import { endProcessesOf, processesOf } from './processes-of.ts'
import { openSession } from './session.ts'
import { startProcess } from './start-process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

describe('CleanupStack', () => {
  it('undoes in reverse order, also after a failure', async () => {
    const stack = new CleanupStack()
    const undone: number[] = []
    stack.defer(() => void undone.push(1))
    stack.defer(() => {
      throw new Error('broken')
    })
    stack.defer(() => void undone.push(3))
    await expect(stack.release()).rejects.toThrow('not everything could be cleaned up')
    expect(undone).toEqual([3, 1])
  })

  it('undoes at once what comes too late', async () => {
    const stack = new CleanupStack()
    await stack.release()
    let undone = false
    stack.defer(() => {
      undone = true
    })
    expect(undone).toBe(true)
  })

  it('takes temporary folders away', async () => {
    const stack = new CleanupStack()
    const folder = await temporaryFolder(stack.defer)
    expect(existsSync(folder)).toBe(true)
    await stack.release()
    expect(existsSync(folder)).toBe(false)
  })
})

describe('until', () => {
  it('returns what the condition gives in the end', async () => {
    let looks = 0
    expect(await until(() => (++looks < 3 ? undefined : looks), { interval: 1 })).toBe(3)
  })

  it('says what the last failure was', async () => {
    const failing = until(() => Promise.reject(new Error('refused')), { deadline: 1, what: 'a connection' })
    await expect(failing).rejects.toThrow('a connection was not fulfilled within 1 ms: refused')
  })
})

describe('freePorts', () => {
  it('gives different ports on which one can listen', async () => {
    const ports = await freePorts(50)
    expect(new Set(ports).size).toBe(50)
    await Promise.all(ports.map((port) => echoServer(onTestFinished, { port, name: 'a' })))
  })
})

describe('startProcess', () => {
  it('tells what was printed and how it ended', async () => {
    const started = await startProcess(onTestFinished, 'sh', ['-c', 'cat; echo no >&2; exit 3'], {
      input: 'yes\n',
    })
    expect(await started.exited).toEqual({ code: 3, signal: null })
    expect([started.stdout, started.stderr]).toEqual(['yes\n', 'no\n'])
  })

  it('keeps the input of a program open until told', async () => {
    const script = 'read -r first; echo "got $first"; read -r second || echo over'
    const started = await startProcess(onTestFinished, 'sh', ['-c', script], {
      input: 'a\n',
      keepInput: true,
    })
    await started.printed(/got a/)
    expect(started.ended).toBeUndefined()
    started.endInput()
    expect(await started.exited).toEqual({ code: 0, signal: null })
    expect(started.stdout).toBe('got a\nover\n')
  })

  it('ends children with their parent', async () => {
    const started = await startProcess(onTestFinished, 'sh', ['-c', 'sleep 1000 & echo child $!; wait'])
    const child = Number((await started.printed(/child (\d+)/))[1])
    expect(isAlive(child)).toBe(true)
    await started.stop()
    await until(() => !isAlive(child))
  })

  it('says what a program printed that ended too early', async () => {
    const started = await startProcess(onTestFinished, 'sh', ['-c', 'echo wrong option >&2; exit 1'])
    await expect(started.printed(/ready/)).rejects.toThrow('wrong option')
  })

  it('fails for a program that is not there', async () => {
    await expect(startProcess(onTestFinished, '/nonexistent', [])).rejects.toThrow('ENOENT')
  })
})

describe('processesOf', () => {
  it('finds what left the process group, and ends it', async () => {
    const folder = await temporaryFolder(onTestFinished)
    writeFileSync(join(folder, 'log'), '')
    const started = await startProcess(onTestFinished, 'setsid', [
      '--fork',
      'tail',
      '-f',
      join(folder, 'log'),
    ])
    const daemon = await until(() => processesOf(folder).find((pid) => pid !== started.pid))
    expect(isAlive(daemon)).toBe(true)
    await endProcessesOf(folder)
    expect(isAlive(daemon)).toBe(false)
    expect(processesOf(folder)).toEqual([])
  })
})

describe('echoServer', () => {
  it('tells its name and who calls, and sends back what it gets', async () => {
    const server = await echoServer(onTestFinished, { host: '127.0.0.2', name: 'node-a' })
    const session = await openSession(onTestFinished, { ...server, localAddress: '127.0.0.9' })
    expect(await session.line()).toBe('node-a 127.0.0.9')
    expect(await session.ask('hello')).toBe('hello')
    await server.stop()
    await until(() => session.closed)
    await expect(connectAndRead(server)).rejects.toThrow('ECONNREFUSED')
  })
})
