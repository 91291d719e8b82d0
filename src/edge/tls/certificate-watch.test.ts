import { expect, it } from 'vitest'
import { createLog } from '../../log.ts'
import { CertificateWatch } from './certificate-watch.ts'
import { type Credentials, CredentialsUnusable } from './credentials.ts'

const [one, two] = ['one', 'two'].map((name) => ({ key: name, cert: name, fingerprint: name }))

/** A watch over files that hold what a test says. */
function subject(first: Credentials) {
  const files: { now: Credentials | undefined } = { now: first }
  const lines: string[] = []
  const renewed: Credentials[] = []
  const watch = new CertificateWatch({
    first,
    read: async () => {
      if (files.now) return files.now
      throw new CredentialsUnusable('key is not the key of certificate')
    },
    log: createLog('info', (line) => lines.push(line)),
  })
  return { files, lines, renewed, watch, look: () => watch.look((credentials) => renewed.push(credentials)) }
}

it('hands a renewed certificate on, once', async () => {
  if (!one || !two) throw new Error('no credentials')
  const { files, watch, renewed, look } = subject(one)
  await look()
  expect(renewed).toEqual([])
  files.now = two
  await look()
  await look()
  expect(renewed).toEqual([two])
  expect(watch.current).toBe(two)
})

it('keeps the one before while the new one is half written, tells of it once, and takes it when it is whole', async () => {
  if (!one || !two) throw new Error('no credentials')
  const { files, watch, lines, renewed, look } = subject(one)
  files.now = undefined
  await look()
  await look()
  expect(watch).toMatchObject({ current: one, fault: 'key is not the key of certificate' })
  expect(lines).toHaveLength(1)
  files.now = two
  await look()
  expect(renewed).toEqual([two])
  expect(watch.fault).toBeUndefined()
})
