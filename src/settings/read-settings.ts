import type { Kind } from './kind.ts'
import type { SettingReader, SettingSheet } from './sheet.ts'
import type { ConfigFault, Entry, Source } from './source.ts'

/** The settings, or everything that is wrong with them. */
export type SettingsReading<Settings> =
  | { readonly settings: Settings }
  | { readonly faults: readonly ConfigFault[] }

/**
 * Read every setting from the first of `sources` that has it (flags before environment before file), or its initial
 * value, and then hold them to each other and to the machine. All faults are found at once.
 */
export function readSettings<Settings>(
  sheet: SettingSheet<Settings>,
  sources: readonly Source[],
): SettingsReading<Settings> {
  const faults: ConfigFault[] = []
  /** Keys whose text is wrong in itself: what it would say beside others is not told too. */
  const unread = new Set<string>()
  const entryOf = (key: string) => {
    for (const source of sources) {
      const entry = source.entry(key)
      if (entry && entry.texts.length > 0) return entry
    }
    return undefined
  }
  const settings = sheet.read(sourceReader(entryOf, faults, unread))
  sheet.contradictions(settings, (key, message) => {
    const entry = entryOf(key)
    if (!entry) faults.push({ where: key, message })
    else if (!unread.has(key)) faults.push({ where: entry.where, message: `${key}: ${message}` })
  })
  return faults.length > 0 ? { faults } : { settings }
}

function sourceReader(
  entryOf: (key: string) => Entry | undefined,
  faults: ConfigFault[],
  unread: Set<string>,
): SettingReader {
  const read = <Value>(key: string, of: Kind<Value>, text: string, where: string): Value | undefined => {
    const value = of.read(text)
    if (value === undefined) {
      unread.add(key)
      faults.push({ where, message: `${key}: ${JSON.stringify(text)} is not ${of.form}` })
    }
    return value
  }
  const single = <Value>(key: string, of: Kind<Value>): Value | undefined => {
    const entry = entryOf(key)
    if (!entry) return undefined
    const [text, ...more] = entry.texts
    if (text === undefined) return undefined
    if (more.length > 0) faults.push({ where: entry.where, message: `${key}: takes one value, not a list` })
    return read(key, of, text, entry.where)
  }
  return {
    one: (key, of, initial) => {
      const value = single(key, of) ?? of.read(initial)
      if (value === undefined) throw new Error(`the initial value of ${key} is not ${of.form}`)
      return value
    },
    maybe: single,
    many: (key, each) => {
      const entry = entryOf(key)
      const texts = entry?.texts.flatMap((text) => text.split(',').map((part) => part.trim())) ?? []
      return texts
        .filter((text) => text !== '')
        .flatMap((text) => read(key, each, text, entry?.where ?? '') ?? [])
    },
  }
}
