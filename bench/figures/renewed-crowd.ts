import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { BenchEdge } from '../bench-edge.ts'
import { crowd, FIRST_HIGH_PORT } from '../claims.ts'
import type { Measurement } from '../figure.ts'
import { time } from '../samples.ts'

const CLAIMS = 10_000
const RENEWALS = 400

/** Ten thousand claims, renewed by their digest: what it costs the network and the daemon. */
export const renewedCrowd: Measurement = {
  name: 'renewed-crowd',
  async run(defer) {
    const edge = await BenchEdge.start(defer, await temporaryFolder(defer), 'memory')
    const document = crowd(CLAIMS, ['127.0.0.2'], 30_843, FIRST_HIGH_PORT)
    const body = Buffer.byteLength(JSON.stringify(document))
    const { status, headers } = await edge.put('controller', document)
    if (status !== 200) throw new Error(`the document was answered ${status}`)
    const digest = (headers.etag ?? '').replaceAll('"', '')
    const path = '/v1/clusters/bench/phones/controller'
    const sent = `PUT ${path} HTTP/1.1\r\nauthorization: Bearer ${edge.token}\r\nif-match: "${digest}"\r\nHost: 127.0.0.1:${edge.port}\r\nConnection: keep-alive\r\n\r\n`
    for (let round = 0; round < 50; round += 1) await edge.renew('controller', digest)
    const idle = await cpuWhile(edge, () => new Promise((resolve) => setTimeout(resolve, 2_000)))
    const begin = performance.now()
    const busy = await cpuWhile(edge, async () => {
      for (let round = 0; round < RENEWALS; round += 1) {
        const reply = await edge.renew('controller', digest)
        if (reply.status !== 204) throw new Error(`a renewal was answered ${reply.status}`)
      }
    })
    const background = (idle / 2_000) * (performance.now() - begin)
    const each = Math.max(0, busy - background) / RENEWALS
    return [
      {
        what: `a document of ${CLAIMS} unchanged claims renewed`,
        measured: `one request of ${sent.length} bytes, ${time(each)} of the daemon's CPU`,
        beside: `the document itself: ${(body / 1000).toFixed(0)} kB`,
        goal: '< 1 kB, < 1 ms',
        met: sent.length < 1000 && each < 1,
      },
    ]
  },
}

async function cpuWhile(edge: BenchEdge, work: () => Promise<unknown>): Promise<number> {
  const before = edge.cpu()
  await work()
  return edge.cpu() - before
}
