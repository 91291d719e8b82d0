import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'

const FOLDER = 'deploy/kubernetes'
const manifests = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const)

describe.skipIf(noApiServer)('the manifests of deploy/kubernetes', () => {
  it('are accepted by a real API server, to the last field', async () => {
    const api = await ApiServer.start(onTestFinished)
    for (const name of ['homeport', 'mqtt'])
      await api.client.create('/api/v1/namespaces', { metadata: { name } })
    expect(manifests.length).toBeGreaterThan(1)
    for (const [name, text] of manifests) {
      const args = ['apply', '--dry-run=server', '--validate=strict', '-f', '-']
      const accepted = (await api.kubectl(args, text)).trim().split('\n')
      expect(accepted, name).toHaveLength(parseAllDocuments(text).length)
    }
  })
})
