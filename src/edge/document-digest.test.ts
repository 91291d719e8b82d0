import { hash } from 'node:crypto'
import { expect, it } from 'vitest'
import { aClaim, aDocument } from '../testing/documents.ts'
import { documentDigest, documentDigestInSteps } from './document-digest.ts'

it('is the hash of the whole text, made in steps where that is long', () => {
  const claims = Array.from({ length: 2_000 }, (_, index) => aClaim({ index, port: index + 1 }))
  const large = aDocument('a', claims)
  const text = JSON.stringify([0, 0, 60_000, claims, []])
  expect(documentDigest(large)).toBe(hash('sha256', text, 'base64url'))
  const steps = [...documentDigestInSteps(large)].length
  expect(steps).toBe(Math.floor(text.length / 65_536))
  expect([...documentDigestInSteps(aDocument('b'))]).toEqual([])
})
