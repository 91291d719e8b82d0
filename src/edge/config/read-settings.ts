import type { Kind } from './kind.ts'
import { type SettingReader, type Settings, settingsFrom } from './settings.ts'
import type { ConfigFault, Entry, Source } from './source.ts'

/** The settings, or everything that is wrong with them. */
export type SettingsReading = { readonly settings: Settings } | { readonly faults: readonly ConfigFault[] }

/**
 * Read every setting from the first of `sources` that has it (flags before environment before file), or its initial
 * value, and then hold them to each other and to the machine. All faults are found at once.
 *
 * @param folderFault why a folder cannot be used
 */
export function readSettings(
  sources: readonly Source[],
  folderFault: (path: string) => string | undefined,
): SettingsReading {
  const faults: ConfigFault[] = []
  const entryOf = (key: string) => {
    for (const source of sources) {
      const entry = source.entry(key)
      if (entry && entry.texts.length > 0) return entry
    }
    return undefined
  }
  const settings = settingsFrom(sourceReader(entryOf, faults))
  faults.push(...contradictions(settings, entryOf))
  for (const key of ['stateDir', 'runtimeDir'] as const) {
    const message = folderFault(settings[key])
    if (message !== undefined)
      faults.push({ where: entryOf(key)?.where ?? key, message: `${key}: ${message}` })
  }
  return faults.length > 0 ? { faults } : { settings }
}

function sourceReader(entryOf: (key: string) => Entry | undefined, faults: ConfigFault[]): SettingReader {
  const read = <Value>(key: string, of: Kind<Value>, text: string, where: string): Value | undefined => {
    const value = of.read(text)
    if (value === undefined)
      faults.push({ where, message: `${key}: ${JSON.stringify(text)} is not ${of.form}` })
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

/** The longest path of a UNIX socket is 107 bytes (sun_path, unix(7)); the longest name in the folder takes 27. */
const LONGEST_RUNTIME_DIR = 80

/** What each setting alone does not show. */
function contradictions(settings: Settings, entryOf: (key: string) => Entry | undefined): ConfigFault[] {
  const { tls, webhook, api, runtimeDir } = settings
  const faults: ConfigFault[] = []
  const fault = (key: string, message: string) =>
    faults.push({ where: entryOf(key)?.where ?? key, message: `${key}: ${message}` })
  if (tls.certificate !== undefined && tls.key === undefined)
    fault('tls.certificate', 'needs tls.key beside it')
  if (tls.key !== undefined && tls.certificate === undefined)
    fault('tls.key', 'needs tls.certificate beside it')
  if (webhook.listen && webhook.tokenFile === undefined)
    fault('webhook.listen', 'needs webhook.tokenFile beside it')
  if (webhook.listen && webhook.listen.port !== 0 && webhook.listen.port === api.listen.port) {
    fault('webhook.listen', 'is the port of api.listen')
  }
  if (runtimeDir.length > LONGEST_RUNTIME_DIR) {
    fault('runtimeDir', `is longer than ${LONGEST_RUNTIME_DIR} characters, too long for the sockets in it`)
  }
  return faults
}
