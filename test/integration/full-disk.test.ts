import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor, Phone } from '../../src/testing/phone.ts'
import { mayMount, smallDisk } from '../../src/testing/small-disk.ts'
import { until } from '../../src/testing/until.ts'

describe.skipIf(!mayMount())('a full disk', () => {
  it.each(['state', 'runtime'])(
    'under the %s: nothing new is taken, all else goes on, and room heals it',
    async (what) => {
      const disk = await smallDisk(onTestFinished, '4m')
      const there = await startNeighbourhood(onTestFinished, {
        ...(what === 'state' && { stateDir: join(disk.folder, 'state') }),
        ...(what === 'runtime' && { runtimeDir: join(disk.folder, 'run') }),
      })
      const { edge, node } = there
      const token = await edge.token()
      const phone = (name: string) => new Phone({ apiPort: edge.apiPort, name, token })
      // So many that what is written at a reload is more than one page of the disk.
      const ports = await freePorts(60)
      const document = { claims: ports.map((port) => claimFor(port, node.port)) }
      const { digest = '' } = await phone('old').put(document)
      disk.fill()

      // What there is room for already may be taken still.
      const answer = await until(async () => {
        const wish = { claims: [claimFor(await freePort(), node.port)] }
        const made = await phone(`new-${wish.claims[0]?.port}`).put(wish)
        return made.status !== 200 && made
      })
      expect(answer.status).toBe(503)
      expect(answer.code ?? answer.claims[0]?.code).toBe('storage-failed')
      expect((await phone('old').renew(digest)).status).toBe(204)
      expect((await phone('old').put(document)).status).toBe(200)
      await there.stillServes()
      for (const port of ports) expect(await connectAndRead({ port })).toMatch(/^node /)
      expect((await edge.status()).ready).toBe(true)

      disk.clear()
      const later = await freePort()
      await until(
        async () => (await phone('later').put({ claims: [claimFor(later, node.port)] })).status === 200,
      )
      expect(await connectAndRead({ port: later })).toMatch(/^node /)
      await there.stillServes()
    },
  )
})
