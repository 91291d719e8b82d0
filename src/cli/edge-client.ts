import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { exchange, type Reply } from '../phone-line/exchange.ts'
import { parseFields } from '../phone-line/fields.ts'
import { Line } from '../phone-line/line.ts'
import { LineFailed } from '../phone-line/line-failed.ts'
import { readRefusal } from '../phone-line/refusal.ts'
import { ReleaseAnswer } from '../wire/document.ts'
import { EXIT } from '../wire/exit-code.ts'
import { Failure, lineFailure } from './failure.ts'
import type { Place } from './place.ts'
import { onceListening } from './socket-wait.ts'

/** An edge answers an operator within this, in milliseconds, or it is as good as down. */
const TIMEOUT = 30_000

/** Twenty thousand claims take some 5 MB. */
const MAX_BYTES = 67_108_864

const NO_SOCKET =
  'Run this on the machine of the edge, as root or as its user; or name an edge with --edge URL.'

type Method = 'GET' | 'POST' | 'DELETE'

/** The edge's API, as the commands use it. Every method throws `Failure`. */
export class EdgeClient {
  readonly #place: Place
  readonly #line: Line
  readonly #wait: number

  /** @param socketWait milliseconds to wait for the socket of this machine's edge; another edge is not waited for. */
  constructor(place: Place, socketWait: number) {
    this.#place = place
    this.#wait = place.isLocal ? socketWait : 0
    this.#line = new Line(place.line)
  }

  async get<S extends TSchema>(path: string, schema: S): Promise<Static<S>> {
    return this.#read(await this.#call('GET', path), schema)
  }

  async post<S extends TSchema>(path: string, body: unknown, schema: S): Promise<Static<S>> {
    return this.#read(await this.#call('POST', path, JSON.stringify(body)), schema)
  }

  async delete(path: string): Promise<void> {
    await this.#call('DELETE', path)
  }

  /** The same where the edge tells of what it deleted. */
  async deleteTelling<S extends TSchema>(path: string, schema: S): Promise<Static<S>> {
    return this.#read(await this.#call('DELETE', path), schema)
  }

  /** Releases a document: which of its ports are open still. */
  async release(path: string): Promise<ReleaseAnswer> {
    const reply = await this.#call('DELETE', path)
    return reply.status === 204 ? { closing: [] } : this.#read(reply, ReleaseAnswer)
  }

  /** Each event's JSON text as it comes, until the edge ends the stream or the signal comes. */
  async *follow(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const headers = { ...this.#place.headers, accept: 'text/event-stream' }
    try {
      const request = { method: 'GET', path, headers, signal } as const
      const answer = await onceListening(() => this.#line.send(request), this.#wait, signal)
      answer.setEncoding('utf8')
      const isStream = answer.statusCode === 200
      let text = ''
      for await (const chunk of answer) {
        text += String(chunk)
        if (!isStream) continue
        const lines = text.split('\n')
        text = lines.pop() ?? ''
        for (const line of lines) if (line.startsWith('data:')) yield line.slice(5).trim()
      }
      if (!isStream) this.#refuse({ status: answer.statusCode ?? 0, type: '', text })
    } catch (error) {
      if (!signal.aborted) throw this.#explain(error)
    }
  }

  close(): void {
    this.#line.close()
  }

  async #call(method: Method, path: string, body?: string): Promise<Reply> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const headers = { ...this.#place.headers, ...type }
    const limits = { timeout: TIMEOUT, maxBytes: MAX_BYTES }
    try {
      const request = { method, path, headers, ...(body !== undefined && { body }) }
      const reply = await onceListening(() => exchange(this.#line, request, limits), this.#wait)
      if (reply.status >= 300) this.#refuse(reply)
      return reply
    } catch (error) {
      throw this.#explain(error)
    }
  }

  #read<S extends TSchema>({ text }: Reply, schema: S): Static<S> {
    const value: unknown = parseJson(text)
    if (Check(schema, value)) return value
    const detail = `${this.#place.name} answered something that this version of homeport cannot read`
    const remedy = 'Compare the versions: homeport --version here and on the edge.'
    throw new Failure({ code: 'internal', detail, remedy, permanent: false }, EXIT.fault)
  }

  #refuse({ status, text }: Reply): never {
    const fields = parseFields(text)
    const report = fields && readRefusal(fields)
    if (report) throw new Failure(report)
    const detail = `what answers at ${this.#place.name} is no Homeport edge (status ${status})`
    throw new LineFailed('edge-unreachable', detail)
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof LineFailed)) return error
    if (!this.#place.isLocal) return lineFailure(error)
    const detail = `no edge answers at ${this.#place.name} (${error.message})`
    return lineFailure(new LineFailed(error.code, detail), NO_SOCKET)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
