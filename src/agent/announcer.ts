import type { RefusalReport } from '../phone-line/refusal.ts'
import type { Log } from './log.ts'
import type { BackendHealth, PortVerdict, Verdict } from './verdict.ts'

/** Says what changes from one call to the next at one edge: a heartbeat that changes nothing says nothing. */
export class Announcer {
  readonly #log: Log
  readonly #edge: string
  readonly #told = new Map<string, string>()

  constructor(log: Log, edge: string) {
    this.#log = log
    this.#edge = edge
  }

  tell(verdict: Verdict): void {
    if (verdict.kind === 'refused') {
      this.#tellRefusal(verdict.refusal)
      return
    }
    if (this.#told.has('call') && this.#isNew('call', 'answered')) {
      this.#log.info('the edge answers again', { edge: this.#edge })
    }
    for (const port of verdict.ports) this.#tellPort(port)
  }

  #tellRefusal(refusal: RefusalReport): void {
    if (!this.#isNew('call', refusal.code)) return
    const { code, detail, remedy } = refusal
    const message = code === 'edge-unreachable' ? 'the edge does not answer' : 'the edge refused the call'
    const fields = { edge: this.#edge, code, detail, remedy }
    if (refusal.permanent) this.#log.error(message, fields)
    else this.#log.warn(message, fields)
  }

  #tellPort({ port, refusal, backends }: PortVerdict): void {
    if (refusal) {
      const { code, detail, remedy, permanent } = refusal
      if (!this.#isNew(port, `${code} ${detail}`)) return
      const fields = { edge: this.#edge, port, code, detail, remedy }
      if (permanent) this.#log.error('refused', fields)
      else this.#log.warn('refused', fields)
      return
    }
    if (this.#isNew(port, 'live')) {
      const names = backends.map(({ name }) => name).join(',')
      this.#log.info('live', { edge: this.#edge, port, backends: names })
    }
    for (const backend of backends) this.#tellBackend(port, backend)
  }

  /** Only a fall is news, and the recovery from one. */
  #tellBackend(port: string, { name, health, reason }: BackendHealth): void {
    const key = `${port} ${name}`
    const isDown = health === 'down'
    if (!isDown && !this.#told.has(key)) return
    if (!this.#isNew(key, isDown ? 'down' : 'up')) return
    const fields = { edge: this.#edge, port, backend: name, reason }
    if (isDown) this.#log.warn('the backend is down', fields)
    else this.#log.info('the backend is well again', fields)
  }

  #isNew(key: string, state: string): boolean {
    if (this.#told.get(key) === state) return false
    this.#told.set(key, state)
    return true
  }
}
