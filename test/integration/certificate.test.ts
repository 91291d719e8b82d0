import { once } from 'node:events'
import { copyFile, rename } from 'node:fs/promises'
import { Agent, get } from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { ownCredentials } from '../../src/edge/tls/credentials.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'

const DAY = 86_400_000
const PATIENT = { deadline: 20_000 }

/** Puts a file in place as certbot does: whole. */
async function install(from: string, to: string): Promise<void> {
  await copyFile(from, `${to}.new`)
  await rename(`${to}.new`, to)
}

/** The serial number that a new connection is shown. */
async function serialAt(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { serialNumber } = socket.getPeerCertificate()
  socket.destroy()
  return serialNumber
}

/** Asks over a connection that is kept; tells whether it is the one of before. */
function keptConnection(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
  onTestFinished(() => agent.destroy())
  return async () => {
    const request = get({ agent, port, host: '127.0.0.1', path: '/healthz' })
    const [response] = await once(request, 'response')
    response.resume()
    await once(response, 'end')
    return request.reusedSocket
  }
}

it("takes the operator's renewed certificate while it runs, and says what another key does", async () => {
  const folder = await temporaryFolder(onTestFinished)
  const [live, certificate, key] = [folder, join(folder, 'live.crt'), join(folder, 'live.key')]
  const [first, other] = [join(live, 'first'), join(live, 'other')]
  const before = await ownCredentials(first, [], Date.now())
  await install(join(first, 'edge.crt'), certificate)
  await install(join(first, 'edge.key'), key)
  const env = { HOMEPORT_EDGE_TLS_CERTIFICATE: certificate, HOMEPORT_EDGE_TLS_KEY: key }
  const edge = await EdgeProcess.start(onTestFinished, { env })
  await edge.token()
  const [serial, ask] = [await serialAt(edge.apiPort), keptConnection(edge.apiPort)]
  await ask()

  // The same key: another certificate is shown, and nothing else changes.
  const renewed = await ownCredentials(first, [], Date.now() + 3_500 * DAY)
  expect(renewed.cert).not.toBe(before.cert)
  await install(join(first, 'edge.crt'), certificate)
  await until(async () => (await serialAt(edge.apiPort)) !== serial, PATIENT)
  expect(await ask()).toBe(true)
  expect(await edge.status()).toMatchObject({ fingerprint: before.fingerprint, warnings: [] })

  // Another key, of which the certificate comes later: the edge goes on with the pair before, and says so.
  const after = await ownCredentials(other, [], Date.now())
  const renewedSerial = await serialAt(edge.apiPort)
  await install(join(other, 'edge.key'), key)
  const warnings = async () => (await edge.status()).warnings.join()
  await until(async () => (await warnings()).includes('live.key is not the key of'), PATIENT)
  expect(await serialAt(edge.apiPort)).toBe(renewedSerial)
  await install(join(other, 'edge.crt'), certificate)
  await until(async () => (await edge.status()).fingerprint === after.fingerprint, PATIENT)
  expect(await warnings()).toMatch(/^1 of the tokens name another key .*certbot --reuse-key/)
  expect(await ask()).toBe(true)
  expect(edge.log.match(/the certificate cannot be used/g)).toHaveLength(1)
  expect(edge.log).toContain('tokens name another key')
  expect(await edge.token()).toContain(after.fingerprint)
})
