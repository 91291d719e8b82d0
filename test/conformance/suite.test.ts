import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { readReport } from './suite.ts'

const SPEC = {
  ContainerHierarchyTexts: ['[sig-network] LoadBalancers [Feature:LoadBalancer]'],
  LeafNodeText: 'should be fast [Slow] [LinuxOnly]',
  LeafNodeLocation: { FileName: 'k8s.io/kubernetes/test/e2e/network/loadbalancer.go' },
  State: 'passed',
  RunTime: 2_500_000_000,
}

describe('readReport', () => {
  it('names a test by its text, without tags', async () => {
    expect(await read(SPEC)).toEqual([{ test: 'should be fast', state: 'passed', seconds: 2.5, reason: '' }])
  })

  it('tells what failed, also while the test cleaned up', async () => {
    const failed = {
      ...SPEC,
      State: 'timedout',
      Failure: { Message: 'too slow\nExpected 1' },
      AdditionalFailures: [{ Failure: { Message: 'not gone' } }],
    }
    expect(await read(failed)).toMatchObject([{ state: 'failed', reason: 'too slow; not gone' }])
  })

  it('leaves out what is not about LoadBalancer Services', async () => {
    const other = { ...SPEC, LeafNodeLocation: { FileName: 'k8s.io/kubernetes/test/e2e/network/service.go' } }
    const suite = { ...SPEC, ContainerHierarchyTexts: null, LeafNodeText: '' }
    expect(await read(other, suite)).toEqual([])
  })
})

async function read(...SpecReports: readonly object[]) {
  const file = join(await temporaryFolder(onTestFinished), 'report.json')
  await writeFile(file, JSON.stringify([{ SpecReports }]))
  return await readReport(file)
}
