import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { CredentialsUnusable, ownCredentials, readCredentials } from './credentials.ts'

const parent = mkdtempSync(join(tmpdir(), 'homeport-'))
afterAll(() => rmSync(parent, { recursive: true }))
let folders = 0
function newFolder(): string {
  folders += 1
  return join(parent, String(folders))
}

const NOW = Date.UTC(2026, 0, 1)
const NINE_YEARS_AND_A_BIT = 9.2 * 365 * 86_400_000

describe("the edge's own certificate", () => {
  it('is made at first start and kept, with a key that only its user can read', async () => {
    const folder = newFolder()
    const first = await ownCredentials(folder, ['192.0.2.1', '2001:db8::1'], NOW)
    expect(await ownCredentials(folder, [], NOW + 86_400_000)).toEqual(first)
    expect(statSync(join(folder, 'edge.key')).mode & 0o777).toBe(0o600)
    expect(first.fingerprint).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(new X509Certificate(first.cert).subjectAltName).toContain('IP Address:192.0.2.1')
  })

  it('is renewed around the same key before it expires', async () => {
    const folder = newFolder()
    const first = await ownCredentials(folder, [], NOW)
    const later = await ownCredentials(folder, [], NOW + NINE_YEARS_AND_A_BIT)
    expect(later.cert).not.toBe(first.cert)
    expect(later).toMatchObject({ key: first.key, fingerprint: first.fingerprint })
  })

  it('is made again when it is damaged, and refused by name when the key is', async () => {
    const folder = newFolder()
    const first = await ownCredentials(folder, [], NOW)
    writeFileSync(join(folder, 'edge.crt'), 'torn')
    expect((await ownCredentials(folder, [], NOW)).fingerprint).toBe(first.fingerprint)
    writeFileSync(join(folder, 'edge.key'), 'torn')
    await expect(ownCredentials(folder, [], NOW)).rejects.toThrow(/edge\.key cannot be used/)
    expect(readFileSync(join(folder, 'edge.key'), 'utf8')).toBe('torn')
  })
})

describe("a certificate of the operator's", () => {
  it("is taken with its key, and has that key's fingerprint", async () => {
    const folder = newFolder()
    const own = await ownCredentials(folder, [], NOW)
    expect(readCredentials(join(folder, 'edge.crt'), join(folder, 'edge.key'))).toEqual(own)
  })

  it("is refused by name with another's key, or when it is not there", async () => {
    const [one, other] = [newFolder(), newFolder()]
    await ownCredentials(one, [], NOW)
    await ownCredentials(other, [], NOW)
    expect(() => readCredentials(join(one, 'edge.crt'), join(other, 'edge.key'))).toThrow(/is not the key of/)
    const chain = readFileSync(join(one, 'edge.crt'), 'utf8')
    writeFileSync(
      join(one, 'chain.crt'),
      `${chain}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    )
    expect(() => readCredentials(join(one, 'chain.crt'), join(one, 'edge.key'))).toThrow(/chain\.crt cannot/)
    expect(() => readCredentials('/nowhere.crt', join(one, 'edge.key'))).toThrow(CredentialsUnusable)
  })
})
