import { basename, dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Context, hint, printJson } from './context.ts'
import { problemsJson, problemsText, stackFailure } from './stack-problems.ts'
import { type RenderOptions, saysHowToRender } from './stack-render-options.ts'
import { type Rendering, renderInput } from './stack-rendering.ts'

const EXAMPLES = `
Examples:
  homeport stack check -c stack.yml
  homeport stack check -c stack.yml shop --json
  homeport stack check --compose -c compose.yml
`

/** `homeport stack check`: all that is wrong with a stack, and all that would be dropped or changed. */
export function stackCheckCommand(stack: Command, context: Context): void {
  saysHowToRender(stack.command('check'))
    .argument('[name]', "the stack's name; left out, that of its folder")
    .option('--json', 'print JSON, for programs')
    .summary('say what is wrong with a stack, and what is dropped or changed, all at once')
    .description(
      'Every error and warning of a stack, with file, line and what to write instead: of reading it and of making Kubernetes objects of it. Ends with 3 where it is refused.',
    )
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, options: RenderOptions & { json?: true }) => {
      const stackName = name ?? nameOfFolder(options, context)
      const rendering = renderInput(stackName, options, context)
      if (options.json) printJson(context, problemsJson(rendering.problems, rendering.texts))
      else tell(rendering, context)
      if (rendering.objects.length === 0) throw stackFailure(rendering.problems, rendering.texts)
      if (options.json) return
      const files = (options.composeFile ?? []).map((file) => `-c ${file}`)
      const how = [...(options.compose ? ['--compose'] : []), ...files].join(' ')
      hint(context, `homeport stack render ${how} ${stackName}`)
    })
}

function tell({ problems, texts }: Rendering, { terminal }: Context): void {
  terminal.out(problems.length > 0 ? problemsText(problems, texts, terminal) : 'Nothing is wrong.\n')
}

/** As Docker calls what has no other name: after the folder of the first file. */
function nameOfFolder({ composeFile = [] }: RenderOptions, { disk }: Context): string {
  const [first = '-'] = composeFile
  const folder = first === '-' ? disk.folder : dirname(resolve(disk.folder, first))
  return basename(folder) || 'stack'
}
