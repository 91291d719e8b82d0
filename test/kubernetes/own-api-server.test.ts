import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { endProcessesOf, processesOf } from '../../src/testing/processes-of.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'

const API_SERVER = join(import.meta.dirname, '../../src/testing/kubernetes/api-server.ts')

/** Starts an API server, says where, and stays. */
const STARTER = `
  const { ApiServer } = await import(${JSON.stringify(API_SERVER)})
  const { folder } = await ApiServer.start(() => {})
  console.log('up in ' + folder)
`

describe.skipIf(noApiServer)("an API server of one's own", () => {
  it('comes back with what it had, whatever ended it', async () => {
    const server = await ApiServer.start(onTestFinished)
    const namespace = await server.namespace(onTestFinished)
    for (const signal of ['TERM', 'KILL'] as const) {
      await server.stop(signal)
      await expect(server.client.get('/readyz')).rejects.toThrow('ECONNREFUSED')
      await server.start()
      expect(await server.client.exists(`/api/v1/namespaces/${namespace}`)).toBe(true)
    }
  })

  it('runs controllers, where they are asked for', async () => {
    const server = await ApiServer.start(onTestFinished, { controllers: true })
    const namespace = await server.namespace(onTestFinished)
    const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`
    await until(() => server.client.exists(account), { what: 'the default service account' })
  })

  it('goes down with whoever started it, even by a kill -9', async () => {
    const starter = await startProcess(onTestFinished, process.execPath, [
      '--input-type=module',
      '-e',
      STARTER,
    ])
    const [, folder = ''] = await starter.printed(/up in (\S+)/, 60_000)
    onTestFinished(() => endProcessesOf(folder))
    expect(processesOf(folder)).toHaveLength(2)
    starter.kill('SIGKILL')
    await until(() => processesOf(folder).length === 0 && !existsSync(folder), {
      what: 'the end of all of it',
    })
  })
})
