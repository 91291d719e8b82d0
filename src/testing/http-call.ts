import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { buffer } from 'node:stream/consumers'

export interface HttpCall extends RequestOptions {
  /** Speak TLS, with any certificate unless told. */
  readonly tls?: boolean
  readonly body?: string | Uint8Array
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as JSON. Throws where it is none. */
  json(): unknown
}

/** One HTTP request over a connection of its own. */
export async function httpCall({ tls = false, body, ...options }: HttpCall): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const start = tls ? httpsRequest : httpRequest
  const request = start({ agent: false, rejectUnauthorized: false, host: '127.0.0.1', ...options })
  request.on('error', reject)
  request.on('response', (response) => {
    buffer(response).then((content) => {
      const text = content.toString()
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text,
        json: () => JSON.parse(text),
      })
    }, reject)
  })
  request.end(body)
  return promise
}
