import type { CanonicalFileObject, CanonicalService } from '../canonical.ts'
import { dnsName, hashedName } from '../names.ts'
import type { Path } from '../place.ts'
import { base64, textOf, utf8 } from './content.ts'
import type { StackContext } from './context.ts'
import { fileTarget } from './mount-targets.ts'
import type { Mount } from './service-model.ts'
import type { FileObject } from './stack-model.ts'

/** What an object of Kubernetes holds at most, in bytes, with room for its own fields. */
const MOST = 1_000_000

/** The ConfigMaps and Secrets of a stack, each of one file or of one service's variables, by their names. */
export class FileShelf {
  readonly #context: StackContext
  readonly #objects = new Map<string, FileObject>()

  constructor(context: StackContext) {
    this.#context = context
  }

  get all(): FileObject[] {
    return [...this.#objects.values()]
  }

  /** Keeps a file, and gives the name of the object that has it. */
  keep(kind: FileObject['kind'], label: string, key: string, bytes: Uint8Array, path: Path): string {
    if (bytes.length > MOST)
      this.#context.findings.refuse(
        path,
        `no object of Kubernetes holds ${bytes.length} bytes`,
        'Put the file into the image, or on a volume.',
      )
    return this.#put(kind, label, new Map([[key, kind === 'Secret' ? bytes : this.#rewritten(bytes, path)]]))
  }

  /** Keeps a service's secret variables. */
  keepVariables(label: string, values: readonly (readonly [string, string])[]): string {
    return this.#put('Secret', label, new Map(values.map(([key, value]) => [key, utf8(value)])))
  }

  #put(kind: FileObject['kind'], label: string, entries: ReadonlyMap<string, Uint8Array>): string {
    const content = JSON.stringify([...entries].map(([key, bytes]) => [key, base64(bytes)]))
    const name = hashedName(label, content, this.#context.digest)
    this.#objects.set(`${kind}/${name}`, { kind, name, entries })
    return name
  }

  /** Names that can only be meant as hosts. What is secret is never touched: a password may look like anything. */
  #rewritten(bytes: Uint8Array, path: Path): Uint8Array {
    const text = textOf(bytes)
    if (text === undefined) return bytes
    const { names, findings } = this.#context
    const rewritten = names.rewriteFile(text, path, findings)
    return rewritten === text ? bytes : utf8(rewritten)
  }
}

/** The secrets and configs that a service mounts, one file each, at their exact paths. */
export function readReferences(
  service: CanonicalService,
  key: string,
  context: StackContext,
  shelf: FileShelf,
): Mount[] {
  return (['secrets', 'configs'] as const).flatMap((kind) =>
    readKind(service, kind, ['services', key], context, shelf),
  )
}

function readKind(
  service: CanonicalService,
  kind: 'secrets' | 'configs',
  path: Path,
  context: StackContext,
  shelf: FileShelf,
): Mount[] {
  const { findings, stack } = context
  return service[kind].flatMap((reference, index): Mount[] => {
    const at = [...path, kind, index]
    const source = reference.source ?? ''
    const object = stack[kind].get(source)
    if (object === undefined) {
      findings.refuse(
        at,
        `there is no ${source} in ${kind}`,
        `Write it at the top: ${kind}: ${source}: file: ...`,
      )
      return []
    }
    const stored = storedAs(object, source, kind, context, shelf)
    if (stored === undefined) return []
    if (![reference.uid ?? '0', reference.gid ?? '0'].every((id) => id === '0'))
      findings.warn(
        at,
        'the file belongs to root in Kubernetes, whatever uid and gid say',
        'Let mode allow the reading: 0444.',
      )
    return [
      {
        kind: 'file',
        from: kind === 'secrets' ? 'Secret' : 'ConfigMap',
        ...stored,
        mode: (reference.mode ?? 0o444) & 0o777,
        target: fileTarget(kind, reference),
        readOnly: true,
      },
    ]
  })
}

/** Which object has the content, and under which key. */
function storedAs(
  object: CanonicalFileObject,
  source: string,
  kind: 'secrets' | 'configs',
  context: StackContext,
  shelf: FileShelf,
): { name: string; key: string } | undefined {
  const { findings, files, digest, namespace } = context
  const at = [kind, source]
  const key = fileKey(source)
  if (object.external) {
    const name = dnsName(object.name ?? source, digest)
    const how = kind === 'secrets' ? 'secret generic' : 'configmap'
    findings.warn(
      at,
      `${name} has to be there before`,
      `kubectl -n ${namespace} create ${how} ${name} --from-file=${key}=FILE`,
    )
    return { name, key }
  }
  // That a driver fills it is refused with its other keys.
  if (object.driver !== undefined || object.template_driver !== undefined) return undefined
  const from = kind === 'secrets' ? 'Secret' : 'ConfigMap'
  if (object.content !== undefined)
    return { name: shelf.keep(from, object.name ?? source, key, utf8(object.content), at), key }
  if (object.file === undefined) {
    findings.refuse(at, 'it has no content', 'Write file: PATH, or external: true.')
    return undefined
  }
  const answer = files.read(object.file)
  if ('refused' in answer) {
    findings.refuse([...at, 'file'], answer.detail, answer.remedy)
    return undefined
  }
  return { name: shelf.keep(from, object.name ?? source, key, answer.bytes, [...at, 'file']), key }
}

/** The last part of a path, where it can be a key of a ConfigMap. */
export function fileKey(path: string): string {
  const name = path.split('/').at(-1) ?? ''
  return /^[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,252}$/.test(name) ? name : 'file'
}
