import { type Command, Option } from 'commander'
import { TokenCreated, type TokenRequest } from '../wire/token.ts'
import { ask, asksAnEdge, type Context, printJson, type ReadingOptions } from './context.ts'
import { parseDuration } from './duration.ts'
import { usageFailure } from './failure.ts'

interface CreateOptions extends ReadingOptions {
  readonly name?: string
  readonly role: 'phone' | 'admin'
  readonly clusters?: readonly string[]
  readonly namespaces?: readonly string[]
  readonly ports?: readonly string[]
  readonly protocols?: readonly ('tcp' | 'udp')[]
  readonly backends?: readonly string[]
  readonly expires?: string
}

const EXAMPLES = `
The token goes to stdout, once: the edge keeps only a hash. All else goes to stderr.
What is not limited is open: a token without --ports opens every port.

Examples:
  homeport token create mosquitto --cluster home --namespace mqtt --port 8443
  homeport token create ci --port 30000-30099 --port 443 --expires 90d
  homeport token create ops --role admin > ops.token
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
      .option('--expires <time>', 'how long it is good for (90d, 12h), or until when (2027-01-31)'),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (argument: string | undefined, options: CreateOptions) => {
      const request = requestOf(argument ?? options.name, options, context.now())
      const created = await ask(context, options, (edge) => edge.post('/v1/tokens', request, TokenCreated))
      if (options.json) return printJson(context, created)
      context.terminal.out(`${created.token}\n`)
      context.terminal.err(created.scope.role === 'admin' ? adminUse(options) : podUse(created, options))
    })
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

function podUse({ scope }: TokenCreated, { edge }: CreateOptions): string {
  const [cluster] = scope.clusters ?? []
  const [port = 'PORT'] = scope.ports ?? []
  const [namespace = 'NAMESPACE'] = scope.namespaces ?? []
  const lines = [
    `HOMEPORT_EDGES=${edge ?? 'https://ADDRESS-OF-THIS-EDGE:9443'}`,
    'HOMEPORT_TOKEN=(the line above; from a Secret)',
    ...(cluster === undefined ? [] : [`HOMEPORT_CLUSTER=${cluster}`]),
    `HOMEPORT_OWNER=${namespace}/NAME`,
    `HOMEPORT_CLAIMS=${port.split('-')[0]}:NODEPORT`,
  ]
  const text = lines.map((line) => `  ${line}\n`).join('')
  return `\nThe environment of the pod that calls (docs/agent.md):\n${text}\nNext: homeport claims\n`
}

function adminUse({ edge }: CreateOptions): string {
  const url = edge ?? 'https://ADDRESS-OF-THIS-EDGE:9443'
  return `\nNext: HOMEPORT_TOKEN=(the line above) homeport status --edge ${url}\n`
}
