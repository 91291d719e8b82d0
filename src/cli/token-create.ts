import { type Command, Option } from 'commander'
import { TokenCreated, type TokenRequest } from '../wire/token.ts'
import { ask, asksAnEdge, type Context, printJson, type ReadingOptions } from './context.ts'
import { parseDuration } from './duration.ts'
import type { EdgeClient } from './edge-client.ts'
import { usageFailure } from './failure.ts'
import { prepareSecretFile } from './secret-file.ts'

interface CreateOptions extends ReadingOptions {
  readonly name?: string
  readonly role: 'phone' | 'admin'
  readonly clusters?: readonly string[]
  readonly namespaces?: readonly string[]
  readonly ports?: readonly string[]
  readonly protocols?: readonly ('tcp' | 'udp')[]
  readonly backends?: readonly string[]
  readonly expires?: string
  readonly out?: string
  readonly force?: true
}

const EXAMPLES = `
The token is shown once: the edge keeps only a hash. It goes to stdout, all else to stderr; with --out it
goes to a file that only you may read, and that is not made when there is no token.
What is not limited is open: a token without --ports opens every port.

Examples:
  homeport token create mosquitto --cluster home --namespace mqtt --port 8443 --out token
  homeport token create ci --port 30000-30099 --port 443 --expires 90d
  homeport token create ops --role admin --out ops.token
`

/** `homeport token create`. */
export function tokenCreateCommand(token: Command, context: Context): void {
  asksAnEdge(
    token
      .command('create')
      .summary('make a token')
      .description('Make a token that opens what the options say. Options in the plural take several values.')
      .argument('[name]', 'whose it is, for people')
      .option('--name <name>', 'the same')
      .addOption(
        new Option('--role <role>', 'a phone claims ports; an admin also reads all and makes tokens')
          .choices(['phone', 'admin'])
          .default('phone'),
      )
      .option('--cluster, --clusters <names>', 'clusters that it may call for', collect)
      .option('--namespace, --namespaces <names>', 'namespaces whose owners it may name', collect)
      .option('--port, --ports <ports>', 'ports and ranges that it may claim: 8443, 30000-32767', collect)
      .option('--protocol, --protocols <protocols>', 'tcp, udp', collect)
      .option(
        '--backend, --backends <ranges>',
        'address ranges that it may forward to: 192.0.2.0/24',
        collect,
      )
      .option('--expires <time>', 'how long it is good for (90d, 12h), or until when (2027-01-31)')
      .option('--out <file>', 'write the token to this new file, for your eyes only')
      .option('--force', 'replace that file'),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (argument: string | undefined, options: CreateOptions) => {
      const request = requestOf(argument ?? options.name, options, context.now())
      const created = await ask(context, options, (edge) => create(edge, request, options))
      const { token, ...rest } = created
      if (options.json) return printJson(context, options.out === undefined ? created : rest)
      if (options.out === undefined) context.terminal.out(`${token}\n`)
      else context.terminal.err(`The token is in ${options.out}.\n`)
      context.terminal.err(created.scope.role === 'admin' ? adminUse(options) : podUse(created, options))
    })
}

async function create(
  edge: EdgeClient,
  request: TokenRequest,
  { out, force }: CreateOptions,
): Promise<TokenCreated> {
  if (out === undefined) return edge.post('/v1/tokens', request, TokenCreated)
  const file = prepareSecretFile(out, force === true)
  try {
    const created = await edge.post('/v1/tokens', request, TokenCreated)
    try {
      // Without an end of line: in a Secret it would be part of the token.
      file.write(created.token)
    } catch (error) {
      await edge.delete(`/v1/tokens/${created.id}`)
      throw error
    }
    return created
  } finally {
    file.discard()
  }
}

function requestOf(name: string | undefined, options: CreateOptions, now: number): TokenRequest {
  if (name === undefined) throw usageFailure('the token needs a name', 'homeport token create NAME')
  const { role, clusters, namespaces, ports, protocols, backends, expires } = options
  const scope = {
    role,
    ...(clusters && { clusters: [...clusters] }),
    ...(namespaces && { namespaces: [...namespaces] }),
    ...(ports && { ports: [...ports] }),
    ...(protocols && { protocols: [...protocols] }),
    ...(backends && { backends: [...backends] }),
  }
  return { name, scope, ...(expires !== undefined && { expires: expiry(expires, now) }) }
}

function expiry(text: string, now: number): string {
  const duration = parseDuration(text)
  const time = duration === undefined ? Date.parse(text) : now + duration
  if (Number.isNaN(time))
    throw usageFailure(`--expires ${JSON.stringify(text)} is no duration like 90d and no date`)
  if (time <= now) throw usageFailure(`--expires ${text} is in the past`)
  return new Date(time).toISOString()
}

/** Values with commas, and from each time the option is given. */
function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').map((part) => part.trim())]
}

function podUse({ scope }: TokenCreated, { edge, out }: CreateOptions): string {
  const [cluster] = scope.clusters ?? []
  const [port = 'PORT'] = scope.ports ?? []
  const [namespace = 'NAMESPACE'] = scope.namespaces ?? []
  const lines = [
    `HOMEPORT_EDGES=${edge ?? 'https://ADDRESS-OF-THIS-EDGE:9443'}`,
    out === undefined
      ? 'HOMEPORT_TOKEN=(the line above; from a Secret)'
      : `HOMEPORT_TOKEN_FILE=(where ${out} is mounted; from a Secret)`,
    ...(cluster === undefined ? [] : [`HOMEPORT_CLUSTER=${cluster}`]),
    `HOMEPORT_OWNER=${namespace}/NAME`,
    `HOMEPORT_CLAIMS=${port.split('-')[0]}:NODEPORT`,
  ]
  const text = lines.map((line) => `  ${line}\n`).join('')
  return `\nThe environment of the pod that calls (docs/agent.md):\n${text}\nNext: homeport claims\n`
}

function adminUse({ edge, out }: CreateOptions): string {
  const url = edge ?? 'https://ADDRESS-OF-THIS-EDGE:9443'
  if (out !== undefined) return `\nNext: homeport status --edge ${url} --token-file ${out}\n`
  return `\nNext: HOMEPORT_TOKEN=(the line above) homeport status --edge ${url}\n`
}
