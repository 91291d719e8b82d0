import { expect, it, onTestFinished } from 'vitest'
import { readLive } from '../core/stack/deploy/live-object.ts'
import { ApiServer } from '../kubernetes/api-server.ts'
import { scriptedApi, sendJson } from '../testing/kubernetes/scripted-api.ts'
import { replaceWorkload } from './replace-workload.ts'

const JOB = { apiVersion: 'batch/v1', kind: 'Job' }
const pod = (name: string, phase: string) => ({
  metadata: { name },
  spec: { terminationGracePeriodSeconds: 10 },
  status: { phase },
})

/** Replaces a workload whose pods are, look after look, these; the last ones stay. */
async function replaced(...looks: readonly (readonly object[])[]) {
  let look = 0
  const server = await scriptedApi(onTestFinished, ({ method }, answer) => {
    const items = looks[Math.min(look, looks.length - 1)] ?? []
    if (method === 'GET') look += 1
    sendJson(answer, 200, { metadata: { resourceVersion: '1' }, items })
  })
  const api = new ApiServer({ access: server.access, userAgent: 'test/1' })
  onTestFinished(() => api.close())
  let now = 0
  const sleep = async (ms: number) => {
    now += ms
  }
  const cluster = { api, clock: { now: () => now, sleep }, signal: new AbortController().signal }
  const raw = {
    metadata: { name: 'db-1', namespace: 'shop', uid: 'u', labels: { 'homeport.dev/service': 'db' } },
  }
  await replaceWorkload(cluster, 'shop', readLive(JOB, raw))
  return {
    looks: look,
    asked: server.asked.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`),
  }
}

it('waits until the pods of the service have ended', async () => {
  const { looks, asked } = await replaced(
    [pod('db-1-a', 'Running')],
    [pod('db-1-a', 'Running')],
    [pod('db-1-a', 'Succeeded')],
  )
  expect(looks).toBe(3)
  expect(asked[0]).toBe('DELETE /apis/batch/v1/namespaces/shop/jobs/db-1')
  expect(asked[1]).toContain('homeport.dev/stack=shop,homeport.dev/service=db')
})

it('names the pods that do not end', async () => {
  await expect(replaced([pod('db-1-a', 'Running'), pod('db-1-b', 'Failed')])).rejects.toThrow(
    'its pods have not ended: db-1-a; deploy again',
  )
})
