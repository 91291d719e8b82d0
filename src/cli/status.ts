import type { Command } from 'commander'
import { StatusView } from '../wire/views.ts'
import { ask, asksAnEdge, type Context, hint, printJson, type ReadingOptions } from './context.ts'
import { formatSeconds } from './duration.ts'
import { styleOf } from './styles.ts'
import type { Terminal } from './terminal.ts'

/** `homeport status`: how the edge is. */
export function statusCommand(program: Command, context: Context): void {
  asksAnEdge(program.command('status').summary('how the edge and its HAProxy are'))
    .description('How the edge is, its HAProxy, and what there is to be warned of.')
    .addHelpText(
      'after',
      '\nExamples:\n  homeport status\n  homeport status --edge https://edge.example.com:9443 --token-file ./admin\n',
    )
    .action(async (options: ReadingOptions) => {
      const status = await ask(context, options, (edge) => edge.get('/v1/status', StatusView))
      if (options.json) return printJson(context, status)
      context.terminal.out(statusText(status, context.terminal))
      hint(context, status.routes.refused > 0 ? 'homeport claims, to see what is refused' : 'homeport routes')
    })
}

function statusText(status: StatusView, terminal: Terminal): string {
  const { haproxy, routes } = status
  const paint = (state: string) => terminal.paint(styleOf(state) ?? 'bold', state)
  const lines: [string, string][] = [
    [
      'edge',
      `${paint(status.ready ? 'ready' : 'unavailable')}, version ${status.version}, up ${formatSeconds(status.uptime)}`,
    ],
    ['fingerprint', status.fingerprint],
    ['phones', String(status.documents)],
    ...status.clusters.map(({ name, documents, claims }, index): [string, string] => [
      index === 0 ? 'clusters' : '',
      `${name}: ${count(documents, 'phone')}, ${count(claims, 'claim')}`,
    ]),
    ['routes', `${routes.live} live, ${routes.refused} refused`],
    [
      'haproxy',
      [paint(haproxy.state), haproxy.version, haproxy.pid && `pid ${haproxy.pid}`].filter(Boolean).join(', '),
    ],
    ['', `${haproxy.sessions} sessions, ${haproxy.reloads} reloads since the edge started`],
    ...haproxy.oldWorkers.map(({ pid, uptime, sessions }): [string, string] => [
      '',
      `old worker ${pid}: ${sessions === undefined ? 'does not answer' : `${sessions} sessions`}, ${uptime} old`,
    ]),
  ]
  if (haproxy.detail) lines.push(['', haproxy.detail])
  const warnings = status.warnings.map((warning) => `${terminal.paint('yellow', 'warning')}  ${warning}\n`)
  return [...lines.map(([key, value]) => `${key.padEnd(12)}${value}\n`), ...warnings].join('')
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
