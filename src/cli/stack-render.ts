import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { masked } from '../core/stack/objects/mask.ts'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import { yamlDocument } from '../core/stack/objects/yaml-text.ts'
import type { Context } from './context.ts'
import { type RenderOptions, rendersAStack } from './stack-render-options.ts'
import { renderObjects } from './stack-rendering.ts'
import type { Terminal } from './terminal.ts'

interface PrintOptions extends RenderOptions {
  readonly out?: string
  readonly showSecrets?: true
}

const EXAMPLES = `
Examples:
  homeport stack render -c stack.yml shop
  homeport stack render -c stack.yml shop --show-secrets | kubectl apply --server-side -f -
  homeport stack render -c stack.yml shop --out ./objects
  homeport stack render --compose -c compose.yml shop
`

/** `homeport stack render`: the Kubernetes objects of a stack. */
export function stackRenderCommand(stack: Command, context: Context): void {
  rendersAStack(stack.command('render'))
    .option('--out <dir>', 'write one file an object into this folder')
    .option('--show-secrets', 'print what is secret too')
    .summary('print the Kubernetes objects of a stack')
    .description(
      'Print the objects that run a stack on Kubernetes; what changes on the way is told on stderr.',
    )
    .addHelpText('after', EXAMPLES)
    .action((name: string, options: PrintOptions) => print(name, options, context))
}

function print(stackName: string, options: PrintOptions, context: Context): void {
  const objects = renderObjects(stackName, options, context)
  const shown = options.showSecrets ? (object: KubernetesObject) => object : masked
  if (options.out === undefined) printObjects(objects, shown, context.terminal)
  else writeFiles(resolve(context.disk.folder, options.out), objects, shown)
}

/** Characters that are written at a time: a thousand services are some megabytes. */
const PIECE = 64 * 1024

function printObjects(
  objects: readonly KubernetesObject[],
  shown: (object: KubernetesObject) => KubernetesObject,
  { out }: Terminal,
): void {
  let piece = ''
  for (const object of objects) {
    piece += yamlDocument(shown(object))
    if (piece.length < PIECE) continue
    out(piece)
    piece = ''
  }
  out(piece)
}

/** Secrets among them are for their owner's eyes only. */
function writeFiles(
  folder: string,
  objects: readonly KubernetesObject[],
  shown: (object: KubernetesObject) => KubernetesObject,
): void {
  mkdirSync(folder, { recursive: true })
  for (const object of objects) {
    const file = `${object.kind.toLowerCase()}-${object.metadata.name}.yaml`
    writeFileSync(join(folder, file), yamlDocument(shown(object)), {
      mode: object.kind === 'Secret' ? 0o600 : 0o644,
    })
  }
}
