import { Command } from 'commander'
import { version } from '../version.ts'
import type { Context } from './context.ts'

/** The program without a command. */
export function bareProgram({ terminal }: Context): Command {
  return new Command('homeport')
    .description('One fixed front door for any Kubernetes cluster.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: terminal.columns ?? 100 })
}
