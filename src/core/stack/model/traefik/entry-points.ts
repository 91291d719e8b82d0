import type { CanonicalService } from '../../canonical.ts'
import type { Path } from '../../place.ts'
import type { Findings } from '../findings.ts'
import { labelsOf } from '../label-names.ts'
import { listOf, readLabelTree } from './label-tree.ts'

/** What the chart of Traefik calls the entry points that many stacks call otherwise. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['http', 'web'],
  ['https', 'websecure'],
])

export function entryPointName(written: string): string {
  return NAMES.get(written.toLowerCase()) ?? written
}

/** Middlewares that all routes of an entry point have, as they are written, by its name in small letters. */
export type EntryPointMiddlewares = Map<string, string[]>

/** Reads what a Traefik that is left out asks of all who come, and says what else of it is lost. */
export function readEntryPoints(
  key: string,
  service: CanonicalService,
  into: EntryPointMiddlewares,
  findings: Findings,
): void {
  for (const setting of settingsOf(key, service)) {
    const { name, value, at } = setting
    const [, point = '', option = ''] = /^entrypoints\.([^.]+)\.(.+)$/.exec(name) ?? []
    if (/^http\.middlewares(\[\d+\])?$/.test(option)) {
      const known = entryPointName(point)
      into.set(known, [...(into.get(known) ?? []), ...listOf(value)])
    } else if (guards(setting, option))
      findings.refuse(
        at,
        `${name} guards an entry point, and is not made here`,
        'Write it as a middleware of each router, and take it out here.',
      )
    else tellOfLost(name, option, at, findings)
  }
  tellOfOwn(key, service, findings)
}

interface Setting {
  /** In small letters, with dots: `entrypoints.web.address`. */
  readonly name: string
  readonly value: string
  readonly at: Path
}

function settingsOf(key: string, { command, entrypoint, environment }: CanonicalService): Setting[] {
  const ofFlags = (flags: readonly string[], part: string) =>
    flags.flatMap((flag, index): Setting[] => {
      const [, name, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(flag) ?? []
      if (name === undefined) return []
      const at = ['services', key, part, index]
      return [{ name: name.toLowerCase(), value: value ?? flags[index + 1] ?? '', at }]
    })
  const ofVariables = [...environment].flatMap(([variable, value]): Setting[] => {
    const [, name] = /^TRAEFIK_(.+)$/i.exec(variable) ?? []
    if (name === undefined) return []
    const at = ['services', key, 'environment', variable]
    return [{ name: name.toLowerCase().replaceAll('_', '.'), value: value ?? '', at }]
  })
  return [...ofFlags(entrypoint, 'entrypoint'), ...ofFlags(command, 'command'), ...ofVariables]
}

/** Of Traefik 1 an entry point is one text: `Name:https Address::443 Auth.Basic.Users:...`. */
function guards({ name, value }: Setting, option: string): boolean {
  if (name === 'entrypoints') return /auth|white|allow|\bca\b/i.test(value)
  if (option === 'http.tls.options') return !/^default(@\w+)?$/.test(value)
  return /auth|white|allow|middleware/.test(option)
}

function tellOfLost(name: string, option: string, at: Path, findings: Findings): void {
  if (/^http\.redirections?\.entrypoint\.to$/.test(option))
    findings.warn(
      at,
      `the redirection of all of an entry point (${name}) is not made here`,
      'Have Traefik in the cluster do it: --entryPoints.web.http.redirections.entryPoint.to=websecure.',
    )
  else if (/^(providers\.)?file\b|^(providers\.)?http\.endpoint|^configfile$/.test(name))
    findings.warn(
      at,
      `what the files of this Traefik say (${name}) is not read: middlewares and routes in them are not here`,
      'Write them as objects of Traefik, beside the stack.',
    )
}

/** Its own labels and its configuration. */
function tellOfOwn(key: string, service: CanonicalService, findings: Findings): void {
  const { enabled, routers } = readLabelTree(labelsOf(service))
  if (enabled && routers.length > 0)
    findings.warn(
      ['services', key],
      `the routers of this Traefik itself are left out: ${routers.map(({ name }) => name).join(', ')}`,
      'Have Traefik in the cluster redirect; kubectl port-forward reaches its pages.',
    )
  const files = [...service.volumes, ...service.configs].map(({ target }) => target ?? '')
  const file = files.find((target) => /(^|\/)traefik(\.ya?ml|\.toml)?$/.test(target))
  if (file !== undefined)
    findings.warn(
      ['services', key],
      `the configuration of this Traefik (${file}) is not read: what it asks of all who come is asked of nobody here`,
      'Write the middlewares of its entry points as middlewares of each router.',
    )
}
