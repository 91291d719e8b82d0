import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'

it('the manifest of the curl phone runs the loop of docs/curl.md, which is tested there', () => {
  const [, loop] = /```sh\n([\s\S]*?)```/.exec(readFileSync('docs/curl.md', 'utf8')) ?? []
  const [configMap] = parseAllDocuments(readFileSync('deploy/kubernetes/phone.yaml', 'utf8'))
  expect(configMap?.getIn(['data', 'loop.sh'])).toBe(loop)
})
