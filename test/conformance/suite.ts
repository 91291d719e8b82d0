import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Defer } from '../../src/testing/cleanup.ts'
import type { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import type { StartedProcess } from '../../src/testing/start-process.ts'

/** What Ginkgo's report says of one test, of what is looked at here. */
interface SpecReport {
  readonly ContainerHierarchyTexts: readonly string[] | null
  readonly LeafNodeText: string
  readonly LeafNodeLocation: { readonly FileName: string }
  readonly State: string
  /** Nanoseconds. */
  readonly RunTime: number
  readonly Failure?: Failure
  /** What failed after that, while the test cleaned up. */
  readonly AdditionalFailures?: readonly { readonly Failure: Failure }[]
}

interface Failure {
  readonly Message?: string
}

/** What came of a test. One that was not run has no reason. */
export interface Result {
  readonly test: string
  readonly state: 'passed' | 'failed' | 'skipped'
  readonly seconds: number
  /** The first line of each failure. */
  readonly reason: string
}

/** Where it writes. */
export interface SuiteFiles {
  /** Ginkgo's report. */
  readonly report: string
  /** What it prints. */
  readonly log: string
}

/** Starts Kubernetes' own tests in the space `client`, those alone whose texts are given. */
export async function startSuite(
  defer: Defer,
  cluster: Cluster,
  tests: readonly string[],
  { report, log }: SuiteFiles,
): Promise<StartedProcess> {
  return await cluster.startIn(defer, 'client', [
    'sh',
    ...['-c', `exec "$@" >"$0" 2>&1`, log],
    join(cluster.programs, 'e2e.test'),
    `--kubeconfig=${cluster.kubeconfig}`,
    `--kubectl-path=${join(cluster.programs, 'kubectl')}`,
    '--provider=skeleton',
    `--ginkgo.focus=LoadBalancers.*(${tests.map(escapeRegExp).join('|')})`,
    `--ginkgo.json-report=${report}`,
    '--ginkgo.timeout=3h',
    '--ginkgo.no-color',
    '--ginkgo.v',
  ])
}

/** What came of each of the tests for LoadBalancer Services, whether they were run or not. */
export async function readReport(file: string): Promise<Result[]> {
  const suites: readonly { readonly SpecReports: readonly SpecReport[] }[] = JSON.parse(
    await readFile(file, 'utf8'),
  )
  return suites.flatMap(({ SpecReports }) => SpecReports.filter(isOfLoadBalancers).map(resultOf))
}

function isOfLoadBalancers({ ContainerHierarchyTexts, LeafNodeLocation }: SpecReport): boolean {
  return (
    LeafNodeLocation.FileName.endsWith('/network/loadbalancer.go') &&
    (ContainerHierarchyTexts ?? []).some((text) => text.includes('LoadBalancers'))
  )
}

function resultOf({ LeafNodeText, State, RunTime, Failure, AdditionalFailures = [] }: SpecReport): Result {
  const state = State === 'passed' || State === 'skipped' ? State : 'failed'
  const reason = [Failure, ...AdditionalFailures.map((one) => one.Failure)]
    .flatMap((failure) => failure?.Message?.trim().split('\n', 1) ?? [])
    .join('; ')
  // Tags such as [Slow] are part of the text.
  return { test: LeafNodeText.replace(/ \[[^\]]*\]/g, ''), state, seconds: RunTime / 1e9, reason }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
