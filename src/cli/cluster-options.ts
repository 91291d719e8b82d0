import type { Command } from 'commander'
import { ApiFailed } from '../kubernetes/api-failed.ts'
import { NEVER } from '../kubernetes/within-time.ts'
import type { StackCluster } from '../stack/stack-cluster.ts'
import { apiFailure, StackFailed } from '../stack/stack-failed.ts'
import { errorEntry } from '../wire/error-codes.ts'
import { Failure, usageFailure } from './failure.ts'
import { plain } from './terminal.ts'

export interface ClusterOptions {
  readonly kubeconfig?: string
  readonly context?: string
  readonly json?: true
}

/** Gives a command the options that say which cluster it talks to, and in which form it answers. */
export function asksACluster(command: Command): Command {
  return command
    .option('--kubeconfig <path>', 'the kubeconfig (KUBECONFIG); left out, that of kubectl')
    .option('--context <name>', 'which of its contexts; left out, its current one')
    .option('--json', 'print JSON, for programs')
}

/** What commands do with a cluster: loaded by those that ask one. */
export type StackVerbs = typeof import('../stack/main.ts')

/** Talks to the cluster that the options name. @param signal ends it; never, unless told */
export async function withCluster<T>(
  options: ClusterOptions,
  work: (cluster: StackCluster, verbs: StackVerbs) => Promise<T>,
  signal: AbortSignal = NEVER,
): Promise<T> {
  const verbs = await import('../stack/main.ts')
  const cluster = open(verbs, options, signal)
  try {
    return await work(cluster, verbs)
  } catch (error) {
    throw clusterFailure(error)
  } finally {
    cluster.api.close()
  }
}

function open(verbs: StackVerbs, { kubeconfig, context }: ClusterOptions, signal: AbortSignal): StackCluster {
  try {
    return verbs.openCluster(
      { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) },
      signal,
    )
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    const remedy = 'Name a kubeconfig: --kubeconfig PATH, and --context NAME where it has several.'
    throw usageFailure(plain(detail), remedy)
  }
}

/** What went wrong in a cluster, as every command tells it: one line a problem. */
export function clusterFailure(error: unknown): unknown {
  const failed = error instanceof ApiFailed ? apiFailure(error) : error
  if (!(failed instanceof StackFailed)) return error
  const { code, message, problems, remedy } = failed
  const told = problems.map((problem) => `\n- ${problem.split('\n').map(plain).join('\n')}`)
  const detail = `${plain(message)}${told.length > 0 ? ':' : ''}${told.join('')}`
  return new Failure({ code, detail, remedy, permanent: errorEntry(code).lasts === 'permanent' })
}
