import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { type Neighbourhood, startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { until } from '../../src/testing/until.ts'
import type { TokenView } from '../../src/wire/token.ts'

const stack = new CleanupStack()
let there: Neighbourhood
let edge: EdgeProcess
let path: string
let copy: string
let whole: Buffer

beforeAll(async () => {
  there = await startNeighbourhood(stack.defer)
  edge = there.edge
  path = join(edge.stateDir, 'state.db')
  copy = `${path}.good`
  // Each start makes a good copy: this one has the neighbour's claim.
  await edge.stop()
  await edge.start()
  await edge.stop()
  whole = readFileSync(path)
})
afterAll(() => stack.release())
afterEach(async () => {
  await there.stillServes()
  rmSync(path, { force: true, recursive: true })
  writeFileSync(path, whole)
})

it.each<[string, string, () => void]>([
  ['cut short', 'state-damaged', () => truncateSync(path, 4096 + 100)],
  ['unreadable', 'state-damaged', makeUnreadable],
  ['of a newer version', 'state-newer', makeNewer],
])('a state file that is %s is refused by name (%s), and HAProxy goes on', async (_, code, damage) => {
  damage()
  const good = readFileSync(copy)
  const daemon = await edge.launch()
  expect((await daemon.exited).code).toBe(1)
  const words = daemon.stdout + daemon.stderr
  expect(words).toContain(code)
  expect(words).toContain(path)
  if (code === 'state-damaged') expect(words).toContain(copy)
  expect(words).not.toMatch(/^ {4}at /m)
  expect(readFileSync(copy).equals(good)).toBe(true)
})

it('the good copy, moved in place, serves what it holds', async () => {
  truncateSync(path, 100)
  copyFileSync(copy, path)
  await edge.start()
  expect(await edge.routes()).toMatchObject([{ port: there.port, state: 'live' }])
  expect((await edge.status()).haproxy.reloads).toBe(0)
  await edge.stop()
})

it('the good copy has each change of the tokens, soon and without a restart', async () => {
  await edge.start()
  const [revoked, kept] = [await edge.phone('pod-0'), await edge.phone('pod-0')]
  const { id = '' } = (await tokens()).at(-2) ?? {}
  expect((await edge.admin('DELETE', `/v1/tokens/${id}`)).status).toBe(204)
  const ids = (await tokens()).map((token) => token.id)
  await until(() => JSON.stringify(tokensIn(copy)) === JSON.stringify([...ids].sort()))

  await edge.kill9()
  truncateSync(path, 100)
  copyFileSync(copy, path)
  rmSync(`${path}-wal`, { force: true })
  await edge.start()
  expect((await revoked.put({ claims: [] })).code).toBe('token-unknown')
  expect((await kept.put({ claims: [] })).status).toBe(200)
  await edge.stop()
})

it('a second daemon is refused, and the first goes on', async () => {
  await edge.start()
  const second = await edge.launch()
  expect((await second.exited).code).toBe(1)
  expect(second.stderr).toContain('state-in-use')
  expect((await edge.status()).ready).toBe(true)
})

async function tokens(): Promise<TokenView[]> {
  return JSON.parse((await edge.admin('GET', '/v1/tokens')).text)
}

/** The ids of the tokens in a state file. */
function tokensIn(file: string): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare("SELECT key FROM record WHERE kind = 'token' ORDER BY key").all()
  database.close()
  return rows.map(({ key }) => key)
}

/** Root reads every file, so a folder takes its place. */
function makeUnreadable(): void {
  rmSync(path)
  if (process.getuid?.() === 0) mkdirSync(path)
  else writeFileSync(path, whole)
  chmodSync(path, 0)
}

function makeNewer(): void {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA user_version = 99')
  database.close()
}
