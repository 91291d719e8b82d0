import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends the output with `N passed, N failed, N skipped` alone on a line, for programs that count. A file that did not load
 * and an error outside of any test count as a failed test each.
 */
export class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
      count.failed += module.errors().length
    }
    const failed = count.failed + count.pending
    const line = `${count.passed} passed, ${failed} failed${count.skipped ? `, ${count.skipped} skipped` : ''}`
    // Behind the summary for people, which the reporter before this one prints at the same moment.
    setImmediate(() => console.log(line))
  }
}
