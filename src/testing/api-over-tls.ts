import type { ApiParts } from '../edge/api/parts.ts'
import { buildApi } from '../edge/api/server.ts'
import { ownCredentials } from '../edge/tls/credentials.ts'
import type { Defer } from './cleanup.ts'
import { type HttpCall, httpCall } from './http-call.ts'
import { STUB_TOKENS, stubApiParts } from './stub-api-parts.ts'
import { type StubEdge, stubEdge } from './stub-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const PHONE = '/v1/clusters/home/phones/pod-1'
export const PROBLEM = 'application/problem+json; charset=utf-8'
export const JSON_TYPE = { 'content-type': 'application/json' }

/** The header that says who calls. */
export const as = (role: keyof typeof STUB_TOKENS) => ({ authorization: `Bearer ${STUB_TOKENS[role]}` })

/** The API on a real socket, over TLS, with a stub behind it. */
export async function apiOverTls(
  defer: Defer,
  overrides: Partial<ApiParts> = {},
  edge: StubEdge = stubEdge(),
) {
  const folder = await temporaryFolder(defer)
  const { key, cert } = await ownCredentials(folder, ['127.0.0.1'], Date.now())
  const server = buildApi(stubApiParts({ edge, ...overrides }), { tls: { key, cert } })
  defer(() => server.close())
  await server.listen({ host: '127.0.0.1', port: 0 })
  const address = server.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const call = (method: string, path: string, more: HttpCall = {}) =>
    httpCall({ tls: true, port, method, path, ...more })
  return { edge, server, port, call }
}
