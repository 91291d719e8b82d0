import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigInvalid, type Flags, loadSettings } from '../settings/load-settings.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { controllerSheet, type Machine } from './controller-sheet.ts'
import { machineFaults } from './machine-faults.ts'

const GOOD = { edges: 'https://203.0.113.5:9443', 'token-file': '/run/homeport/token' }

/** What is wrong with these flags, a line each. */
function faultsOf(flags: Flags, machine?: Machine): string[] {
  try {
    loadSettings(controllerSheet(machine), flags, {})
    return []
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.message.split('\n')
    throw error
  }
}

describe('the settings of the controller', () => {
  it('are two at least', () => {
    expect(faultsOf(GOOD)).toEqual([])
    expect(faultsOf({})).toEqual([
      'edges: is needed: the URL of an edge, such as https://203.0.113.5:9443',
      'tokenFile: is needed: a file with a token of the edge',
    ])
  })

  it('are all judged at once, each fault told once', () => {
    const faults = faultsOf({
      edges: 'https://192.0.2.1,https://192.0.2.2',
      addresses: 'ams=203.0.113.5,203.0.113.6',
      'token-file': 'token',
      'lease-ttl': '20s',
      'election-duration': '1s',
      namespaces: 'Mqtt',
      nope: '1',
    })
    expect(faults).toEqual([
      '--nope: there is no such flag',
      '--token-file: tokenFile: "token" is not an absolute path',
      expect.stringContaining('--namespaces: namespaces: "Mqtt" is not a name'),
      '--edges: edges: each needs a name where there are several: fra=https://...',
      '--addresses: addresses: there is no edge ams',
      expect.stringContaining('--addresses: addresses: each needs the name of its edge'),
      expect.stringContaining('--lease-ttl: lease.ttl: is at least 3 times the interval'),
      '--election-duration: election.duration: is at least 3s',
    ])
  })

  it.each([
    [{ edges: 'a=https://192.0.2.1,a=https://192.0.2.2' }, 'edges: each needs a name of its own'],
    [{ edges: 'http://192.0.2.1' }, 'is not an https URL'],
    [{ 'lease-ttl': '2d' }, 'lease.ttl: is from 5s to 24h'],
    [{ namespaces: 'mqtt', 'nodes-address': 'ExternalIP' }, 'nodes.address: is InternalIP where'],
  ])('%j is refused', (flags, fault) => {
    expect(faultsOf({ ...GOOD, ...flags })).toEqual([expect.stringContaining(fault)])
  })
})

describe('what the settings of the controller name on the machine', () => {
  const file = async (text: string) => {
    const path = join(await temporaryFolder(onTestFinished), 'file')
    writeFileSync(path, text)
    return path
  }
  const fine = { ...machineFaults, accessFault: () => undefined }

  it('is judged with the rest', () => {
    expect(
      faultsOf({ 'kubernetes-config': '/nowhere/config', 'ca-file': '/nowhere/ca' }, machineFaults),
    ).toEqual([
      expect.stringContaining('edges: is needed'),
      expect.stringContaining('tokenFile: is needed'),
      expect.stringMatching(/^--kubernetes-config: kubernetes\.config: ENOENT.*\/nowhere\/config/),
      expect.stringMatching(/^--ca-file: caFile: ENOENT.*\/nowhere\/ca/),
    ])
  })

  it('shows nothing of a kubeconfig that cannot be read', async () => {
    const broken = await file('users:\n- user: {token: secret-word, }}\n')
    const faults = faultsOf({ ...GOOD, 'kubernetes-config': broken }, machineFaults)
    expect(faults).toHaveLength(1)
    expect(faults.join()).not.toContain('secret-word')
  })

  it('needs an API server, and the context that is named', async () => {
    const empty = await file('apiVersion: v1\nkind: Config\n')
    expect(faultsOf({ ...GOOD, 'kubernetes-config': empty }, machineFaults)).toEqual([
      expect.stringContaining('the kubeconfig has no cluster'),
    ])
    const context = { 'kubernetes-config': empty, 'kubernetes-context': 'home' }
    expect(faultsOf({ ...GOOD, ...context }, machineFaults)).toEqual([
      expect.stringContaining('the kubeconfig has no context home'),
    ])
  })

  it('has certificates', async () => {
    expect(faultsOf({ ...GOOD, 'ca-file': await file('nonsense') }, fine)).toEqual([
      expect.stringContaining('has no certificate in it'),
    ])
  })
})
