import { createInterface } from 'node:readline'
import type { StackCluster } from './stack-cluster.ts'

export type LogOptions = Readonly<Record<string, string | number | boolean | undefined>>

/** The lines of a pod's log as they come. @throws ApiFailed */
export async function* readLog(
  { api, signal }: StackCluster,
  path: string,
  query: LogOptions,
): AsyncGenerator<string> {
  const answer = await api.open({ method: 'GET', path, query, signal })
  yield* createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY })
}

/** All of them. @throws ApiFailed */
export async function logLines(cluster: StackCluster, path: string, query: LogOptions): Promise<string[]> {
  const lines: string[] = []
  for await (const line of readLog(cluster, path, query)) lines.push(line)
  return lines
}
