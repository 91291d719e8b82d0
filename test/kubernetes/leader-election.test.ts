import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freeze } from '../../src/testing/freeze.ts'
import type { KubernetesObject } from '../../src/testing/kubernetes/client.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { shiftedClock } from '../../src/testing/shifted-clock.ts'
import { type StartedProcess, startProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'

const CANDIDATE = join(import.meta.dirname, '../../src/testing/kubernetes/candidate-process.ts')
const HOUR = 3_600_000

interface LeaseObject extends KubernetesObject {
  readonly spec: { readonly holderIdentity: string; readonly leaseTransitions: number }
}

describe.skipIf(noApiServer)('an election among processes', () => {
  it('hands over from one that is stopped and released its Lease, with a greater fence', async () => {
    const { stand, lease } = await electorate()
    const a = await stand('a')
    const first = await fenceOf(a, 'a')
    const b = await stand('b')
    a.kill('SIGTERM')
    const second = await fenceOf(b, 'b')
    expect(await a.exited).toEqual({ code: 0, signal: null })
    expect(a.stdout).toMatch(/a -\n$/)
    expect(second).toBeGreaterThan(first)
    expect(await lease()).toMatchObject({ spec: { holderIdentity: 'b' } })
  })

  it.each([-5 * HOUR, 5 * HOUR])(
    'has one leader after a pause of another, whose clock is wrong by %i ms',
    async (skew) => {
      const { stand } = await electorate()
      const a = await stand('a', skew)
      const first = await fenceOf(a, 'a')
      await a.printed(/a acts \d/)
      const b = await stand('b')
      await freeze(a.pid)
      const second = await fenceOf(b, 'b')
      expect(second).toBeGreaterThan(first)
      const resumed = process.hrtime.bigint()
      a.kill('SIGCONT')
      await a.printed(/a -/)
      // What it had begun when it was stopped it may end: against that there is the fence. It began nothing more as a leader.
      const acts = Array.from(a.stdout.matchAll(/a acts (\d+)/g), ([, now = '']) => BigInt(now))
      expect(acts.filter((now) => now > resumed)).toEqual([])
    },
  )

  it('gives a greater fence when the Lease was deleted with all that it knew', async () => {
    const { stand, remove, time } = await electorate()
    const a = await stand('a')
    const first = await fenceOf(a, 'a')
    await a.stop()
    await remove()
    // The API server tells its time in whole seconds.
    await until(async () => (await time()) > first)
    const second = await fenceOf(await stand('b', -5 * HOUR), 'b')
    expect(second).toBeGreaterThan(first)
  })
})

/** A Lease, and candidates for it. */
async function electorate() {
  const server = await sharedApiServer()
  const namespace = await server.namespace(onTestFinished)
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/leader`
  const stand = async (identity: string, skew = 0): Promise<StartedProcess> => {
    const clock = await shiftedClock(onTestFinished)
    clock.set(skew)
    const env = { ...process.env, ...clock.env }
    return await startProcess(
      onTestFinished,
      process.execPath,
      [CANDIDATE, server.kubeconfig, namespace, identity],
      { env },
    )
  }
  return {
    stand,
    lease: () => server.client.get<LeaseObject>(path),
    time: async () => Date.parse((await server.client.raw('GET', '/readyz')).headers.date ?? ''),
    remove: () => server.client.delete(path),
  }
}

async function fenceOf(candidate: StartedProcess, identity: string): Promise<number> {
  const [, fence] = await candidate.printed(new RegExp(`${identity} \\+ (\\d+)`), 30_000)
  return Number(fence)
}
