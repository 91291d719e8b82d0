import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { startClusterController, startClusterEdge } from '../../src/testing/kubernetes/cluster-edge.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { EXPECTATIONS, isRun } from './expectations.ts'
import { judge, table } from './judge.ts'
import { readReport, startSuite } from './suite.ts'

/**
 * `make conformance`: Kubernetes' own tests for LoadBalancer Services, on a cluster, an edge and a controller of their own.
 * `TESTS=PATTERN` runs those whose text matches, also those that are not expected to pass; `LOGS=FOLDER` is where what was
 * printed goes.
 */
const { TESTS: pattern, LOGS: logFolder = 'test/conformance/logs' } = process.env
const logs = resolve(logFolder)
/** What the tests' pods run. Its version is that which they ask for. */
const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0'

const stack = new CleanupStack()
const interrupted = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal))).then(
  () => undefined,
)

/** @returns the exit code. */
async function conformance(): Promise<number> {
  const folder = await temporaryFolder(stack.defer)
  await mkdir(logs, { recursive: true })
  const cluster = await Cluster.start(stack.defer, { nodes: 2 })
  const image = join(cluster.programs, 'agnhost.tar')
  if (!existsSync(image)) throw new Error('agnhost.tar is missing: `make conformance` builds it')
  await cluster.image(AGNHOST, image, ['/agnhost'])
  const edge = await startClusterEdge(stack.defer, cluster)
  // Kubernetes' tests name no class.
  const controller = await startClusterController(stack.defer, cluster, edge, { DEFAULT_CLASS: 'true' })
  stack.defer(async () => {
    await writeFile(join(logs, 'edge.log'), edge.log)
    await writeFile(join(logs, 'controller.log'), controller.stdout)
  })
  const chosen = EXPECTATIONS.filter((one) => isMeant(one) && (pattern !== undefined || isRun(one)))
  const files = { report: join(folder, 'report.json'), log: join(logs, 'suite.log') }
  console.log(`${chosen.length} tests run, most of which wait a lot; ${files.log} tells of them.`)
  const suite = await startSuite(
    stack.defer,
    cluster,
    chosen.map(({ test }) => test),
    files,
  )
  await suite.exited
  if (!existsSync(files.report)) throw new Error(`Kubernetes' tests ended without a report: see ${files.log}`)
  const results = await readReport(files.report)
  const verdicts = judge(EXPECTATIONS.filter(isMeant), results.filter(isMeant))
  console.log(table(verdicts))
  return verdicts.every(({ fine }) => fine) ? 0 : 1
}

function isMeant({ test }: { readonly test: string }): boolean {
  return pattern === undefined || new RegExp(pattern).test(test)
}

try {
  process.exitCode = (await Promise.race([conformance(), interrupted])) ?? 130
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await stack.release()
}
process.exit()
