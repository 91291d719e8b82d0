/** Work in small pieces, one each `next`, so that something else can be done in between. */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** All of it, with nothing in between. @throws what the work throws */
export function allAtOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}
