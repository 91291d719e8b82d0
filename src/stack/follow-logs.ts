import { objectField, textField } from '../core/kubernetes/fields.ts'
import { type LiveObject, serviceOf } from '../core/stack/deploy/live-object.ts'
import { ApiFailed } from '../kubernetes/api-failed.ts'
import { livePods } from './live-objects.ts'
import { logLines, readLog } from './pod-log.ts'
import type { StackCluster } from './stack-cluster.ts'

export interface LogQuery {
  /** Of one service; left out: of all. */
  readonly service?: string | undefined
  readonly sinceSeconds?: number | undefined
  /** So many of the last lines of each pod. */
  readonly tailLines?: number | undefined
}

export interface LogLine {
  readonly service: string
  readonly pod: string
  /** As Kubernetes writes it, to the nanosecond. */
  readonly time: string
  readonly text: string
}

/** Milliseconds between two looks for new pods, and for a container's next start. */
const PAUSE = 1_000

/** What the pods of a stack have said, in the order in which they said it. @throws ApiFailed */
export async function stackLogs(cluster: StackCluster, stack: string, query: LogQuery): Promise<LogLine[]> {
  const pods = await chosenPods(cluster, stack, query)
  const lines = await Promise.all(
    pods.map(async (pod) => {
      try {
        const texts = await logLines(cluster, logPath(pod), options(query))
        return texts.map((text) => readLine(pod, text))
      } catch (error) {
        // It has not begun to run, or is gone.
        if (error instanceof ApiFailed && (error.status === 400 || error.status === 404)) return []
        throw error
      }
    }),
  )
  return lines.flat().sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
}

/** Goes on until the cluster's signal says so: with pods that come later, and containers that start anew. */
export async function followLogs(
  cluster: StackCluster,
  stack: string,
  query: LogQuery,
  onLine: (line: LogLine) => void,
): Promise<void> {
  const { clock, signal } = cluster
  const followed = new Set<string>()
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  // What comes later is shown from its beginning.
  for (let from = query; !signal.aborted; from = {}) {
    const pods = await chosenPods(cluster, stack, query)
    for (const pod of pods.filter(({ uid }) => !followed.has(uid))) {
      followed.add(pod.uid)
      followPod(cluster, stack, pod, from, onLine).catch(failed.reject)
    }
    await Promise.race([clock.sleep(PAUSE, signal), failed.promise])
  }
}

async function followPod(
  cluster: StackCluster,
  stack: string,
  pod: LiveObject,
  query: LogQuery,
  onLine: (line: LogLine) => void,
): Promise<void> {
  const { clock, signal } = cluster
  let last = ''
  while (!signal.aborted) {
    const seen = last
    const again = seen === '' ? options(query) : { timestamps: true, sinceTime: seen }
    try {
      for await (const text of readLog(cluster, logPath(pod), { ...again, follow: true })) {
        const line = readLine(pod, text)
        if (line.time <= seen) continue
        last = line.time
        onLine(line)
      }
    } catch (error) {
      if (signal.aborted || (error instanceof ApiFailed && error.status === 404)) return
      if (!(error instanceof ApiFailed)) throw error
      if (error.status !== 400 && error.status < 500 && error.status !== 0) throw error
    }
    const pods = await livePods(cluster, stack)
    const now = pods.find(({ uid }) => uid === pod.uid)
    if (now === undefined || isOver(now)) return
    await clock.sleep(PAUSE, signal)
  }
}

function isOver({ raw }: LiveObject): boolean {
  const phase = textField(objectField(raw, 'status'), 'phase')
  return phase === 'Succeeded' || phase === 'Failed'
}

async function chosenPods(
  cluster: StackCluster,
  stack: string,
  { service }: LogQuery,
): Promise<LiveObject[]> {
  const pods = await livePods(cluster, stack)
  return pods.filter((pod) => service === undefined || serviceOf(pod) === service)
}

function logPath({ namespace, name }: LiveObject): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}/log`
}

function options({ sinceSeconds, tailLines }: LogQuery) {
  return { timestamps: true, sinceSeconds, tailLines }
}

function readLine(pod: LiveObject, line: string): LogLine {
  const end = line.indexOf(' ')
  const [time, text] = end < 0 ? [line, ''] : [line.slice(0, end), line.slice(end + 1)]
  return { service: serviceOf(pod) ?? '', pod: pod.name, time, text }
}
