import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What takes longest, in this order: begun last, each of them would be waited for alone. Vitest knows how long a file took only
 * from the last run, and a fresh clone has none.
 */
const LONGEST = [
  'e2e/stack',
  'e2e/agents',
  'e2e/from-swarm-doc',
  'e2e/failures',
  'e2e/controller-pods',
  'kubernetes/controller-rbac',
  'kubernetes/controller-quiet',
  'kubernetes/controller-leaders',
  'kubernetes/stack-deploy-all',
  'kubernetes/controller-faults',
  'kubernetes/stack-deploy-faults',
  'kubernetes/controller-edges',
  'integration/haproxy-recovery',
  'kubernetes/controller-services',
  'kubernetes/stack-objects',
  'integration/data-plane',
  'integration/state-file',
]

const rank = ({ moduleId }: TestSpecification): number => {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
  return place === -1 ? LONGEST.length : place
}

/** Begins with the files that take longest; the others come as Vitest would have them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}
