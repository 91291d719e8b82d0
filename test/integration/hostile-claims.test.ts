import { readdir, readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import type { EchoServer } from '../../src/testing/echo-server.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { type Neighbourhood, startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor, Phone, type PhoneAnswer } from '../../src/testing/phone.ts'

/** What must reach no configuration, file name, shell or log. The marker is what is looked for afterwards. */
const MARKER = 'h0stile'
const TEXTS: readonly (readonly [string, string])[] = [
  ['a newline', `${MARKER}\n    server ${MARKER} 127.0.0.9:22`],
  ['a carriage return', `${MARKER}\r\nlisten ${MARKER}`],
  ['a NUL', `${MARKER}\0`],
  ['quotes', `"${MARKER}' \\"`],
  ['a path', `../../../tmp/${MARKER}`],
  ['a command', `$(touch /tmp/${MARKER})`],
  ['another command', `\`touch /tmp/${MARKER}\`; reboot`],
  ['a comment and a variable', `${MARKER}#"\${HOME}" %[env(HOME)]`],
  ['300 letters', MARKER + 'a'.repeat(300 - MARKER.length)],
  ['letters beyond ASCII', `${MARKER}é中🏠\u202e`],
  ['a lone surrogate', `${MARKER}\ud800`],
  ['an escape sequence', `\u001b[31m${MARKER}`],
]

const stack = new CleanupStack()
let there: Neighbourhood
let edge: EdgeProcess
let node: EchoServer
let token: string
let good: number
let wanted: number

beforeAll(async () => {
  there = await startNeighbourhood(stack.defer)
  edge = there.edge
  node = there.node
  token = await edge.token()
  ;[good, wanted] = [await freePort(), await freePort()]
})
afterAll(() => stack.release())
afterEach(() => there.stillServes())

/** A document with bad claims and, behind them, a good one. */
async function putBeside(bad: readonly unknown[]): Promise<PhoneAnswer> {
  const phone = new Phone({ apiPort: edge.apiPort, name: 'hostile', token })
  return await phone.put({ claims: [...bad, claimFor(good, node.port)] })
}

/** Everything that the edge has written: its configuration, names of files, its log. */
async function traces(): Promise<string> {
  const names = await readdir(edge.folder, { recursive: true })
  return [await readFile(edge.haproxyConfig, 'utf8'), names.join('\n'), edge.log].join('\n')
}

const FIELDS: readonly (readonly [string, (text: string) => object])[] = [
  ['owner', (text) => ({ owner: text })],
  ["owner's namespace", (text) => ({ owner: `${text}/mosquitto` })],
  ["owner's name", (text) => ({ owner: `mqtt/${text}` })],
  ['port', (text) => ({ port: text })],
  ['protocol', (text) => ({ protocol: text })],
  ['address', (text) => ({ backends: [{ address: text, port: 30843 }] })],
  ["backend's port", (text) => ({ backends: [{ port: text }] })],
  ['proxyProtocol', (text) => ({ proxyProtocol: text })],
  ['check', (text) => ({ check: text })],
  ["check's type", (text) => ({ check: { type: text } })],
  ["check's path", (text) => ({ check: { type: 'http', path: `/ ${text}` } })],
  ['allow', (text) => ({ allow: [text] })],
  ['field name', (text) => ({ [text]: 1 })],
]

describe.each(TEXTS)('%s', (_, text) => {
  it('harms only the claim that has it, in whatever field', async () => {
    const claim = claimFor(wanted, node.port)
    const answer = await putBeside(FIELDS.map(([, make]) => ({ ...claim, ...make(text) })))
    expect(answer.status).toBe(207)
    for (const [index, [field]] of FIELDS.entries()) {
      expect(answer.claims[index], field).toMatchObject({ state: 'refused', code: 'claim-invalid' })
      expect(answer.claims[index]?.detail, field).toMatch(/^[\x20-\x7e]*$/)
    }
    expect(answer.claims.at(-1)).toMatchObject({ state: 'live' })
    expect(await connectAndRead({ port: good })).toMatch(/^node /)
    expect(await traces()).not.toContain(MARKER)
  })

  it('in the name of a cluster or a phone is no name', async () => {
    const encoded = encodeURIComponent(text.replaceAll('\ud800', '\ufffd'))
    for (const names of [{ name: encoded }, { name: 'phone', cluster: encoded }]) {
      const { status, code } = await new Phone({ apiPort: edge.apiPort, token, ...names }).put({ claims: [] })
      expect({ status, code }).toEqual({ status: 400, code: 'request-invalid' })
    }
    expect(await traces()).not.toContain(MARKER)
  })
})

it.each([
  ['no address', 'nowhere', 'claim-invalid'],
  ['half an address', '192.0.2', 'claim-invalid'],
  ['an octal address', '0177.0.0.2', 'claim-invalid'],
  ['every address', '0.0.0.0', 'backend-forbidden'],
  ['every IPv6 address', '::', 'backend-forbidden'],
  ['multicast', '224.0.0.1', 'backend-forbidden'],
  ['IPv6 multicast', 'ff02::1', 'backend-forbidden'],
  ['link-local, where clouds keep their secrets', '169.254.169.254', 'backend-forbidden'],
  ['broadcast', '255.255.255.255', 'backend-forbidden'],
  ['the edge itself', '127.0.0.1', 'backend-forbidden'],
  ['the edge itself, in IPv6', '::1', 'backend-forbidden'],
  ['the edge itself, mapped', '::ffff:127.0.0.1', 'backend-forbidden'],
])('refuses a backend that is %s (%s)', async (_, address, code) => {
  const bad = claimFor(wanted, 30843, { backends: [{ address, port: 30843 }] })
  const answer = await putBeside([bad])
  expect(answer).toMatchObject({ status: 207, claims: [{ state: 'refused', code }, { state: 'live' }] })
  expect(await connectAndRead({ port: good })).toMatch(/^node /)
})
