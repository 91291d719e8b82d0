import { readdir } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { endProcessesOf, processesOf } from '../../src/testing/processes-of.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'

const demo = new URL('../../scripts/demo/main.ts', import.meta.url).pathname

/** The demo, with all of its files in `folder`. */
async function startDemo(...args: readonly string[]) {
  const folder = await temporaryFolder(onTestFinished)
  onTestFinished(() => endProcessesOf(folder))
  const env = { ...process.env, TMPDIR: folder }
  return { folder, program: await startProcess(onTestFinished, process.execPath, [demo, ...args], { env }) }
}

/** What is left of the network that the demo of this process makes for its node. */
async function networkOf(pid: number): Promise<string[]> {
  const namespaces = await readdir('/run/netns').catch(() => [])
  return [...namespaces, ...Object.keys(networkInterfaces())].filter((name) =>
    [`homeport-demo-${pid}`, `homeport${pid}`].includes(name),
  )
}

it('tells its story to the end, and leaves nothing behind', async () => {
  const { folder, program } = await startDemo()
  const { code } = await program.exited
  expect(code, program.stdout + program.stderr).toBe(0)
  expect(program.stdout).toMatch(/From (the change of the address|the agent's start) to the message: \d/)
  expect(program.stdout).toContain('All of it worked')
  expect(program.stderr).toBe('')
  expect(processesOf(folder)).toEqual([])
  expect(await readdir(folder)).toEqual([])
  expect(await networkOf(program.pid)).toEqual([])
})

it.each([
  '   ok    homeport edge serves',
  '   ok    an MQTT client publishes',
  'Ctrl-C here stops all of it',
])('leaves nothing behind when it is interrupted at: %s', async (line) => {
  const { folder, program } = await startDemo('--keep')
  await program.printed(new RegExp(line), 40_000)
  program.kill('SIGINT')
  await program.exited
  expect(processesOf(folder)).toEqual([])
  expect(await readdir(folder)).toEqual([])
  expect(await networkOf(program.pid)).toEqual([])
})
