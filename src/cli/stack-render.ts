import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { Finding } from '../core/stack/model/findings.ts'
import { DEFAULT_OPTIONS, type StackOptions } from '../core/stack/model/options.ts'
import { masked } from '../core/stack/objects/mask.ts'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import { yamlText } from '../core/stack/objects/yaml-text.ts'
import { type Places, pathText } from '../core/stack/place.ts'
import type { Problem } from '../core/stack/problem.ts'
import { renderStack } from '../core/stack/render-stack.ts'
import type { Context } from './context.ts'
import { type StackOptions as InputOptions, readInput, readsAStack } from './stack-input.ts'
import { problemsText, stackFailure } from './stack-problems.ts'

interface RenderOptions extends InputOptions {
  readonly out?: string
  readonly showSecrets?: true
  readonly volumeSize: string
  readonly storageClass?: string
  readonly sharedVolumes: StackOptions['sharedVolumes']
  readonly timeZone: string
}

const EXAMPLES = `
Examples:
  homeport stack render -c stack.yml shop
  homeport stack render -c stack.yml shop --show-secrets | kubectl apply --server-side -f -
  homeport stack render -c stack.yml shop --out ./objects
`

/** `homeport stack render`: the Kubernetes objects of a stack. */
export function stackRenderCommand(stack: Command, context: Context): void {
  const { volumeSize, sharedVolumes, timeZone } = DEFAULT_OPTIONS
  readsAStack(stack.command('render'))
    .argument('<name>', "the stack's name, which becomes its namespace")
    .option('--out <dir>', 'write one file an object into this folder')
    .option('--show-secrets', 'print what is secret too')
    .option('--volume-size <size>', 'the size of volumes that name none', volumeSize)
    .option('--storage-class <name>', "the class of volumes; left out, the cluster's default")
    .addOption(
      new Option('--shared-volumes <how>', 'what becomes of volumes that several pods use')
        .choices(['co-locate', 'ReadWriteMany'])
        .default(sharedVolumes),
    )
    .option('--time-zone <zone>', 'what /etc/localtime of the host stands for', timeZone)
    .summary('print the Kubernetes objects of a stack')
    .description(
      'Print the objects that run a stack on Kubernetes; what changes on the way is told on stderr.',
    )
    .addHelpText('after', EXAMPLES)
    .action((name: string, options: RenderOptions) => render(name, options, context))
}

function render(stackName: string, options: RenderOptions, context: Context): void {
  const { terminal } = context
  const { stack, places, problems, texts, files, folder } = readInput(options, context)
  const rendered =
    stack && renderStack({ stackName, stack, files, digest: sha256, options: stackOptions(options, folder) })
  const all = [...problems, ...placed(rendered?.findings ?? [], problems, places)]
  if (all.length > 0) terminal.err(`${problemsText(all, texts, terminal)}\n`)
  if (rendered === undefined || rendered.objects.length === 0) throw stackFailure(all, texts)
  const objects = options.showSecrets ? rendered.objects : rendered.objects.map(masked)
  if (options.out === undefined) terminal.out(yamlText(objects))
  else writeFiles(resolve(context.disk.folder, options.out), objects)
}

function stackOptions(options: RenderOptions, folder: string): StackOptions {
  const { volumeSize, storageClass, sharedVolumes, timeZone } = options
  return {
    ...DEFAULT_OPTIONS,
    folder,
    volumeSize,
    sharedVolumes,
    timeZone,
    ...(storageClass && { storageClass }),
  }
}

/** What Swarm ignores is told already, by those who read the files. */
function placed(findings: readonly Finding[], problems: readonly Problem[], places: Places): Problem[] {
  const told = new Set(problems.map(({ path }) => pathText(path)))
  return findings
    .filter(({ severity, path }) => severity === 'error' || !told.has(pathText(path)))
    .map((finding) => ({ ...finding, place: places.of(finding.path) }))
}

/** Secrets among them are for their owner's eyes only. */
function writeFiles(folder: string, objects: readonly KubernetesObject[]): void {
  mkdirSync(folder, { recursive: true })
  for (const object of objects) {
    const file = `${object.kind.toLowerCase()}-${object.metadata.name}.yaml`
    writeFileSync(join(folder, file), yamlText([object]), { mode: object.kind === 'Secret' ? 0o600 : 0o644 })
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
