import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePorts } from '../../src/testing/free-port.ts'
import { homeport } from '../../src/testing/homeport-command.ts'
import { type Neighbourhood, startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor } from '../../src/testing/phone.ts'
import { parseBearer } from '../../src/wire/bearer.ts'

const stack = new CleanupStack()
let there: Neighbourhood
let edge: EdgeProcess

beforeAll(async () => {
  there = await startNeighbourhood(stack.defer)
  edge = there.edge
})
afterAll(() => stack.release())
afterEach(() => there.stillServes())

/** A command that the operator types on the edge. */
const operator = (...args: string[]) => homeport([...args, '--socket', join(edge.runtimeDir, 'admin.sock')])

/** A token with two phones, each at a port of its own. */
async function twoPhones() {
  const token = await edge.token()
  const ports = await freePorts(2)
  const phones = await Promise.all(
    ports.map((port, index) =>
      edge.phone(`${parseBearer(token)?.id}-${index}`, { token }).then((phone) => ({ phone, port })),
    ),
  )
  for (const { phone, port } of phones) {
    expect((await phone.put({ claims: [claimFor(port, there.node.port)] })).status).toBe(200)
    expect(await connectAndRead({ port })).toMatch('node')
  }
  return { id: parseBearer(token)?.id ?? '', phones, ports }
}

it('a token is revoked, and what it claimed is released in its own time', async () => {
  const { id, phones, ports } = await twoPhones()
  const revoked = await operator('token', 'revoke', id)
  expect(revoked).toMatchObject({ code: 0, err: `\nNext: homeport token revoke ${id} --release\n` })
  expect(revoked.out).toContain('2 claims stay')
  for (const { phone, port } of phones) {
    expect((await phone.put({ claims: [] })).code).toBe('token-unknown')
    expect(await connectAndRead({ port })).toMatch('node')
  }

  const released = await operator('token', 'revoke', id, '--release')
  expect(released).toMatchObject({ code: 0, out: `Revoked ${id}.\nReleased 2 claims.\n` })
  for (const port of ports) await expect(connectAndRead({ port })).rejects.toThrow()
  await edge.kill9()
  await edge.start()
  expect(await edge.claims()).toMatchObject([{ port: there.port }])
  expect(await operator('token', 'revoke', id, '--release')).toMatchObject({ code: 3 })
})

it("a phone's claims are released by hand, whoever's they are", async () => {
  const { phones, id } = await twoPhones()
  const [first, second] = phones
  const name = `home/${id}-0`
  expect(await operator('claims', 'release', name)).toMatchObject({ code: 0 })
  await expect(connectAndRead({ port: first?.port ?? 0 })).rejects.toThrow()
  expect(await connectAndRead({ port: second?.port ?? 0 })).toMatch('node')

  const again = await operator('claims', 'release', name)
  expect(again).toMatchObject({ code: 4, out: '' })
  expect(again.err).toContain(`error document-unknown: the edge holds no document of ${name}`)
  expect(again.err).toContain('homeport claims shows them')
  const json = await operator('claims', 'release', name, '--json')
  expect(JSON.parse(json.err)).toMatchObject({ code: 'document-unknown' })
})
