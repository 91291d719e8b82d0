import { type Fields, fieldsOf, nameField, objectField, textField } from '../core/kubernetes/fields.ts'
import type { LiveObject } from '../core/stack/deploy/live-object.ts'
import { SERVICE, STACK } from '../core/stack/objects/labels.ts'
import { deleteObject } from './remove-objects.ts'
import { listAll, type StackCluster } from './stack-cluster.ts'

/** Milliseconds between two looks. */
const PAUSE = 500

/** Milliseconds that the pods may take beyond their own grace. */
const PATIENCE = 120_000

/**
 * Deletes a workload whose service gets another, and waits until its pods have ended: two of them would write to one volume.
 * @throws ApiFailed
 * @throws Error that names the pods which do not end
 */
export async function replaceWorkload(
  cluster: StackCluster,
  stack: string,
  workload: LiveObject,
): Promise<void> {
  await deleteObject(cluster, workload)
  const service = workload.labels[SERVICE]
  if (service === undefined) return
  const { clock, signal } = cluster
  const selector = `${STACK}=${stack},${SERVICE}=${service}`
  let end: number | undefined
  for (;;) {
    const pods = (await listAll(cluster, `/api/v1/namespaces/${stack}/pods`, selector)).map(fieldsOf)
    const running = pods.filter((pod) => !hasEnded(pod))
    if (running.length === 0) return
    end ??= clock.now() + PATIENCE + Math.max(...running.map(graceOf))
    if (clock.now() >= end || signal.aborted)
      throw new Error(
        `its pods have not ended: ${running.map(nameOf).join(', ')}; deploy again once they have`,
      )
    await clock.sleep(PAUSE, signal)
  }
}

/** What has ended writes no more, also where its pod is still shown. */
function hasEnded(pod: Fields): boolean {
  return ['Succeeded', 'Failed'].includes(textField(objectField(pod, 'status'), 'phase') ?? '')
}

/** In milliseconds. */
function graceOf(pod: Fields): number {
  const seconds = objectField(pod, 'spec')['terminationGracePeriodSeconds']
  return typeof seconds === 'number' ? seconds * 1_000 : 0
}

function nameOf(pod: Fields): string {
  return nameField(objectField(pod, 'metadata'), 'name') ?? ''
}
