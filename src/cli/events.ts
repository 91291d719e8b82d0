import type { Command } from 'commander'
import { Check } from 'typebox/value'
import { EXIT } from '../wire/exit-code.ts'
import { EventView } from '../wire/views.ts'
import { asksAnEdge, type Context, type ReadingOptions } from './context.ts'
import { EdgeClient } from './edge-client.ts'
import { Failure } from './failure.ts'
import { findPlace } from './place.ts'
import { plain } from './terminal.ts'

/** `homeport events`: what changes at the edge, as it happens. */
export function eventsCommand(program: Command, context: Context): void {
  asksAnEdge(program.command('events').summary('what changes, as it happens'))
    .description('A line for each thing that changes at the edge, until you end it with Ctrl-C.')
    .addHelpText('after', '\nExamples:\n  homeport events\n  homeport events --json | jq -r .subject\n')
    .action(async (options: ReadingOptions) => {
      const edge = new EdgeClient(findPlace(options, context.env, context.readFile), context.socketWait)
      try {
        for await (const text of edge.follow('/v1/events', context.stop)) print(text, options, context)
      } finally {
        edge.close()
      }
      if (context.stop.aborted) return
      const detail = 'the edge ended the stream'
      throw new Failure(
        { code: 'edge-stopping', detail, remedy: 'Begin again.', permanent: false },
        EXIT.unreachable,
      )
    })
}

function print(text: string, { json }: ReadingOptions, { terminal }: Context): void {
  const event: unknown = JSON.parse(text)
  if (json || !Check(EventView, event)) {
    terminal.out(`${text}\n`)
    return
  }
  const { time, type, subject, detail } = event
  const rest = plain(`${subject}  ${detail ?? ''}`).trimEnd()
  terminal.out(`${time}  ${terminal.paint('bold', type.padEnd(19))} ${rest}\n`)
}
