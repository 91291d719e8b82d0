import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { ClaimRequest } from '../wire/claim.ts'
import type { ClaimAnswer, DocumentAnswer } from '../wire/document.ts'
import type { Problem } from '../wire/problem.ts'
import { httpCall } from './http-call.ts'

export interface PhoneOptions {
  readonly apiPort: number
  readonly name: string
  readonly token: string
  readonly cluster?: string
  /** The address of the edge, and the one to call from. */
  readonly host?: string
  readonly localAddress?: string
}

/** What the edge has answered: a document's claims, or a problem. */
export interface PhoneAnswer extends Partial<Pick<Problem, 'code' | 'detail'>> {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly digest: string | undefined
  /** In the order of the document; none where the request was refused as a whole. */
  readonly claims: readonly ClaimAnswer[]
}

/** A phone that does as it is told, also what no phone should. It calls from the "node" 127.0.0.2 unless told. */
export class Phone {
  readonly #options: PhoneOptions

  constructor(options: PhoneOptions) {
    this.#options = options
  }

  /** Puts a document: anything that JSON can say. */
  async put(document: unknown, headers?: OutgoingHttpHeaders): Promise<PhoneAnswer> {
    return await this.putBody(JSON.stringify(document), headers)
  }

  async putBody(body: string | Uint8Array, headers: OutgoingHttpHeaders = {}): Promise<PhoneAnswer> {
    return await this.#call('PUT', { 'content-type': 'application/json', ...headers }, body)
  }

  async renew(digest: string): Promise<PhoneAnswer> {
    return await this.#call('PUT', { 'if-match': `"${digest}"` })
  }

  async read(): Promise<PhoneAnswer> {
    return await this.#call('GET')
  }

  async release(): Promise<PhoneAnswer> {
    return await this.#call('DELETE')
  }

  async #call(
    method: string,
    headers: OutgoingHttpHeaders = {},
    body?: string | Uint8Array,
  ): Promise<PhoneAnswer> {
    const { apiPort, name, token, cluster = 'home', host, localAddress = '127.0.0.2' } = this.#options
    const {
      status,
      headers: answered,
      text,
    } = await httpCall({
      ...{ tls: true, port: apiPort, localAddress, method },
      ...(host !== undefined && { host }),
      path: `/v1/clusters/${cluster}/phones/${name}`,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body !== undefined && { body }),
    })
    const { digest, claims = [], code, detail }: Partial<DocumentAnswer & Problem> = JSON.parse(text || '{}')
    return {
      ...{ status, headers: answered, digest, claims },
      ...(code !== undefined && { code }),
      ...(detail !== undefined && { detail }),
    }
  }
}

/** A claim for tests: `port` of the edge for `mqtt/<owner>`, at this port of the node that calls. */
export function claimFor(port: number, nodePort: number, more: Partial<ClaimRequest> = {}): ClaimRequest {
  return { owner: 'mqtt/mosquitto', port, backends: [{ port: nodePort }], ...more }
}
