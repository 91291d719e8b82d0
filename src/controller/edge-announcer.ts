import { edgeTitle } from '../core/kubernetes/edge-title.ts'
import type { Log } from '../log.ts'
import type { EdgeOutcome } from './edge-phone.ts'

/** Tells an operator, once each time, that an edge refuses or is silent, and that it answers again. */
export class EdgeAnnouncer {
  readonly #log: Log
  readonly #tell: (type: 'Normal' | 'Warning', reason: string, message: string) => void
  readonly #told = new Map<string, string>()

  /** @param tell has an Event told of the controller itself. */
  constructor(log: Log, tell: (type: 'Normal' | 'Warning', reason: string, message: string) => void) {
    this.#log = log
    this.#tell = tell
  }

  hear(edge: string, outcome: EdgeOutcome): void {
    const before = this.#told.get(edge)
    const now =
      outcome.kind === 'answered' ? ANSWERS : `${outcome.refusal.code}${outcome.keeps ? ' kept' : ''}`
    if (before === now) return
    this.#told.set(edge, now)
    if (outcome.kind === 'answered') {
      const claims = outcome.taken.answers.length
      this.#log.info({ edge, claims }, 'the edge answers')
      if (before !== undefined) this.#tell('Normal', 'EdgeAnswers', `The ${edgeTitle(edge)} answers again.`)
      return
    }
    const { code, detail, remedy } = outcome.refusal
    const words = `${code}: ${detail}. ${remedy}`
    if (outcome.keeps) {
      this.#log.error(
        { edge, code, detail, remedy },
        'the edge does not take the document; the one before stays',
      )
      const message = `The ${edgeTitle(edge)} does not take what the Services ask for, as a whole: ${words} What it took before stays, and no port closes; what has changed since is not served.`
      this.#tell('Warning', 'DocumentRefused', message)
      return
    }
    this.#log.warn({ edge, code, detail, remedy }, 'the edge takes no call')
    this.#tell('Warning', 'EdgeUnavailable', `The ${edgeTitle(edge)} takes no call: ${words}`)
  }
}

const ANSWERS = 'answers'
