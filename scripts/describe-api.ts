import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { BodyRoom } from '../src/edge/api/body-room.ts'
import type { ApiParts } from '../src/edge/api/parts.ts'
import { apiRoutes, type Callers } from '../src/edge/api/routes.ts'
import { version } from '../src/version.ts'

const DESCRIPTION =
  'Phones claim frontend ports here. Errors are problem details (RFC 9457); docs/errors.md has every code.'

/** The OpenAPI description, made from the schemas of the routes. The daemon serves it as a file. */
export async function describeApi(): Promise<object> {
  const server = Fastify()
  server.setValidatorCompiler(() => () => true)
  server.setSerializerCompiler(() => JSON.stringify)
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Homeport edge', version, description: DESCRIPTION },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
  })
  apiRoutes(server, parts, callers)
  await server.ready()
  return server.swagger()
}

/** The routes are read, not called. */
function uncalled(): never {
  throw new Error('the API is only described here')
}

const callers: Callers = {
  identify: uncalled,
  identifyAdmin: uncalled,
  identifyWholeAdmin: uncalled,
  stillKnown: uncalled,
  address: uncalled,
}

const parts: ApiParts = {
  bodies: new BodyRoom(),
  edge: {
    put: uncalled,
    unchanged: uncalled,
    renew: uncalled,
    release: uncalled,
    closing: uncalled,
    read: uncalled,
    held: uncalled,
    holdings: uncalled,
    releaseHoldings: uncalled,
    routes: uncalled,
    claims: uncalled,
    status: uncalled,
    events: uncalled,
    ready: uncalled,
  },
  tokens: { authenticate: uncalled, create: uncalled, list: uncalled, revoke: uncalled },
  metrics: uncalled,
  openMetrics: false,
  trustedProxies: [],
  log: { debug: uncalled, info: uncalled, warn: uncalled, error: uncalled },
  onTurnedAway: uncalled,
}
