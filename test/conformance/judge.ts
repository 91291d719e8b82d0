import type { Expectation } from './expectations.ts'
import type { Result } from './suite.ts'

/** A line of the table that is shown. */
export interface Verdict {
  readonly test: string
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'not run'
  readonly seconds: number
  readonly reason: string
  /** Whether it is as it has to be. */
  readonly fine: boolean
}

/**
 * Holds what came of the tests to what was expected. A test that has to pass and skips itself has shown nothing, one that
 * fails in another way than it should hides something, and one that nothing is expected of is new: none of them is fine.
 */
export function judge(expectations: readonly Expectation[], results: readonly Result[]): Verdict[] {
  const known = expectations.map((expectation) => {
    const result = results.find(({ test }) => test === expectation.test)
    return result
      ? verdict(expectation, result)
      : missing(expectation.test, 'Kubernetes has no such test any more')
  })
  const fresh = results.filter(({ test }) => !expectations.some((one) => one.test === test))
  return [...known, ...fresh.map(({ test }) => missing(test, 'not in expectations.ts'))]
}

function verdict({ unless, failure }: Expectation, { test, state, seconds, reason }: Result): Verdict {
  // What Ginkgo was not asked to run it skips without a reason.
  if (state === 'skipped' && reason === '') {
    return { test, outcome: 'not run', seconds, reason: unless ?? '', fine: unless !== undefined && !failure }
  }
  const isExpected = state === 'failed' && unless !== undefined && (failure ?? reason) === reason
  const told = isExpected && failure !== undefined ? `${reason}: ${unless}` : reason
  return { test, outcome: state, seconds, reason: told, fine: state === 'passed' || isExpected }
}

function missing(test: string, reason: string): Verdict {
  return { test, outcome: 'not run', seconds: 0, reason, fine: false }
}

/** As Markdown, for README.md: what is not fine is bold. */
export function table(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ test, outcome, seconds, reason, fine }) => {
    const time = outcome === 'not run' ? '' : Math.round(seconds)
    return `| ${test} | ${fine ? outcome : `**${outcome}**`} | ${time} | ${reason.replaceAll('|', '\\|')} |`
  })
  return ['| test | outcome | seconds | reason |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
