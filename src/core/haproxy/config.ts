import { copyMap } from '../copy-map.ts'
import { type PortKey, portOrder } from '../route.ts'
import { descriptionOf, withDescription } from './foundation.ts'
import { portKeyOf } from './proxy-name.ts'
import type { Section } from './section.ts'

/** A short digest of a text, in letters and digits. The core has no cryptography of its own. */
export type Digest = (text: string) => string

/** A whole configuration, as it is written and as it runs. */
export interface Config {
  /**
   * Of all that needs a reload: everything but the `server` lines. It stands in the file's description, so that
   * `show info` tells which structure a worker has loaded.
   */
  readonly digest: string
  /** What `renderFoundation` gave. */
  readonly foundation: string
  /** Sorted by port. */
  readonly sections: ReadonlyMap<PortKey, Section>
}

export function composeConfig(
  foundation: string,
  sections: ReadonlyMap<PortKey, Section>,
  digest: Digest,
): Config {
  const sorted = new Map([...sections].sort(([a], [b]) => portOrder(a) - portOrder(b)))
  return { digest: digest(structure(foundation, sorted)), foundation, sections: sorted }
}

/** The configuration as a file. The same routes give the same bytes. */
export function configText({ digest, foundation, sections }: Config): string {
  let text = withDescription(foundation, `${MARK}${digest}`)
  for (const { head, servers } of sections.values()) text += head + servers
  return text
}

/** The same with other `server` lines in some sections: what changes at run time leave. */
export function withServers(config: Config, changed: ReadonlyMap<PortKey, string>): Config {
  const sections = copyMap(config.sections)
  for (const [key, servers] of changed) {
    const section = sections.get(key)
    if (section) sections.set(key, { ...section, servers })
  }
  return { ...config, sections }
}

/** Whose section a line of the file (from 1) belongs to; undefined for the foundation's lines. */
export function sectionAtLine({ foundation, sections }: Config, line: number): PortKey | undefined {
  let last = countLines(foundation)
  if (line <= last) return undefined
  for (const [key, { head, servers }] of sections) {
    last += countLines(head) + countLines(servers)
    if (line <= last) return key
  }
  return undefined
}

/** Reads a file that `configText` wrote; undefined where another hand has changed its structure since. */
export function parseConfig(text: string, digest: Digest): Config | undefined {
  const [head = '', ...rest] = text.split(/(?=\nlisten )/)
  const written = digestInDescription(descriptionOf(head))
  const foundation = withDescription(head, NO_DESCRIPTION)
  const sections = new Map<PortKey, Section>()
  for (const section of rest) {
    const key = portKeyOf(/^\nlisten (\S+)/.exec(section)?.[1] ?? '')
    if (key === undefined) return undefined
    sections.set(key, splitSection(section))
  }
  if (![...sections.values()].every(({ servers }) => ONLY_SERVERS.test(servers))) return undefined
  if (written === undefined || digest(structure(foundation, sections)) !== written) return undefined
  return { digest: written, foundation, sections }
}

const ONLY_SERVERS = /^( {4}server [^\n]*\n)*$/

function splitSection(text: string): Section {
  const start = text.search(/^ {4}server /m)
  const end = start < 0 ? text.length : start
  return { head: text.slice(0, end), servers: text.slice(end) }
}

/** The digest that a worker with this description has loaded; undefined where it has another's configuration. */
export function digestInDescription(description: string | undefined): string | undefined {
  if (!description?.startsWith(MARK)) return undefined
  return description.slice(MARK.length) || undefined
}

const MARK = 'homeport '

/** What `renderFoundation` leaves there. */
const NO_DESCRIPTION = '-'

function structure(foundation: string, sections: ReadonlyMap<PortKey, Section>): string {
  let text = foundation
  for (const { head } of sections.values()) text += head
  return text
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
